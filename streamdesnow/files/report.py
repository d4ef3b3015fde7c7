"""What is told of cleaning a file: while it goes on, and when it is done."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from streamdesnow.engines.engine import EngineInfo

__all__ = ["CleanReport", "Progress"]


class Progress(Protocol):
    """Called after each frame, from the thread that asked for the cleaning."""

    def __call__(self, done: int, total: int | None) -> object:
        """`done` frames so far, of `total`; None if the source does not say."""
        ...


@dataclass(frozen=True, slots=True)
class CleanReport:
    """A file, or folder, that was cleaned.

    Attributes:
        source, destination: paths.
        frames: pictures written.
        size: (width, height) of the source's first frame.
        seconds: how long it took, the network's loading left out.
        model: name of the model.
        engine: what ran it.
        resets: how often the memory was dropped: scene cuts and changes of size.
    """

    source: Path
    destination: Path
    frames: int
    size: tuple[int, int]
    seconds: float
    model: str
    engine: EngineInfo
    resets: int = 0

    @property
    def fps(self) -> float:
        """Frames per second, from reading to writing."""
        return self.frames / self.seconds if self.seconds > 0 else 0.0
