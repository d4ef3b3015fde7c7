"""The values that walk through the pipeline: a captured frame, and the same frame cleaned."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from streamdesnow.detect.detection import Detection

__all__ = ["CleanedFrame", "Frame", "Image"]

Image = NDArray[np.uint8]
"""uint8, shape (H, W, 3), colour order BGR, range 0..255."""


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """One picture as a camera or file gave it.

    Attributes:
        image: uint8 (H, W, 3) BGR, 0..255; not to be written to.
        pts: presentation time stamp in units of `time_base`, as the container gave it.
        time_base: seconds per unit of `pts`.
        captured_at: monotonic seconds (the capture clock) when decoding of this frame ended.
        camera: name of the camera in the pipeline file.
        index: number of the frame since the camera was first opened, counting dropped ones.
        discontinuity: True for the first frame after a (re)connect, a loop or a jump in time:
            whatever was remembered of this camera no longer applies.
        sar: sample aspect ratio, the width of a pixel by its height; not 1 where they are stored squeezed.
    """

    image: Image
    pts: int
    time_base: Fraction
    captured_at: float
    camera: str = "camera"
    index: int = 0
    discontinuity: bool = False
    sar: Fraction = Fraction(1)

    @property
    def seconds(self) -> float:
        """The presentation time in seconds on the source's own clock."""
        return float(self.pts * self.time_base)

    @property
    def size(self) -> tuple[int, int]:
        """(width, height) in pixels."""
        return self.image.shape[1], self.image.shape[0]


@dataclass(frozen=True, slots=True, eq=False)
class CleanedFrame:
    """A frame and what restoration made of it: what every sink is handed.

    Attributes:
        before: the frame as captured.
        image: uint8 (H, W, 3) BGR, the same size as `before.image`; not to be written to.
        restored_at: monotonic seconds when restoration ended.
        tracks: what was found in it, each with its `track`, boxes in pixels of `image`; of a live camera what
            was found last, which is a little older than the frame.
        cleaned: False if the machine could not keep up and the frame passed as it was, with a mark burnt in.
    """

    before: Frame
    image: Image
    restored_at: float
    tracks: tuple[Detection, ...] = ()
    cleaned: bool = True
