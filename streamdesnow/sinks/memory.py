"""The in-memory twin of every sink, for tests."""

from __future__ import annotations

from streamdesnow.errors import SinkError
from streamdesnow.frame import CleanedFrame

__all__ = ["MemorySink"]


class MemorySink:
    """Keeps what it is given, and fails when it is told to.

    Attributes:
        frames: what was written, in order.
        fails: while set, `open` and `write` raise it.
        opened, closed: how often.
    """

    def __init__(self, camera: str = "camera", *, keeps_all: bool = True) -> None:
        self.name = f"memory[{camera}]"
        self.keeps_all = keeps_all
        self.frames: list[CleanedFrame] = []
        self.fails: SinkError | None = None
        self.opened = 0
        self.closed = 0

    def open(self) -> None:
        """Count, or fail."""
        self._fail()
        self.opened += 1

    def write(self, cleaned: CleanedFrame) -> None:
        """Keep the frame, or fail."""
        self._fail()
        self.frames.append(cleaned)

    def close(self) -> None:
        """Count."""
        self.closed += 1

    def _fail(self) -> None:
        if self.fails is not None:
            raise self.fails
