"""The newest frame of a camera, for whoever may look."""

from __future__ import annotations

from streamdesnow.frame import CleanedFrame

__all__ = ["Newest"]


class Newest:
    """Where a camera's frames pass by: one is held, and costs nothing until somebody looks.

    Called by the thread that delivers frames, read by any.
    """

    def __init__(self) -> None:
        self._held: tuple[int, CleanedFrame | None] = (0, None)

    def __call__(self, cleaned: CleanedFrame) -> None:
        """A frame passes."""
        self._held = (self._held[0] + 1, cleaned)

    @property
    def held(self) -> tuple[int, CleanedFrame | None]:
        """How many frames have passed, and the last of them."""
        return self._held
