"""Frames that a camera sends twice: by night many take fewer than they send."""

from __future__ import annotations

import numpy as np

from streamdesnow.frame import Frame, Image

__all__ = ["Repeats"]

_SPARSE = np.s_[::61, ::53]
"""Pixels that tell nearly all frames apart."""


class Repeats:
    """Knows the last frame of a camera and what came of it.

    A network that looked at a frame once more would take its flakes for things, as they stand still.
    """

    def __init__(self) -> None:
        self._frame: Frame | None = None
        self._cleaned: Image | None = None

    def answer(self, frame: Frame) -> Image | None:
        """What came of the last frame, if this one is the same to the last bit; else None."""
        last = self._frame
        if last is None or frame.discontinuity or frame.image.shape != last.image.shape:
            return None
        if not np.array_equal(frame.image[_SPARSE], last.image[_SPARSE]):
            return None
        return self._cleaned if np.array_equal(frame.image, last.image) else None

    def keep(self, frame: Frame, cleaned: Image) -> None:
        """Remember what came of a frame; neither may be written to from now on."""
        self._frame, self._cleaned = frame, cleaned

    def forget(self) -> None:
        """Know nothing: the next frame is looked at whatever it is."""
        self._frame = self._cleaned = None
