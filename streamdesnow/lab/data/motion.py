"""What moves in a snow-free clip of a fixed camera."""

from __future__ import annotations

from collections.abc import Iterable

import cv2
import numpy as np
from numpy.typing import NDArray

from streamdesnow.frame import Image

__all__ = ["StillScene", "and_lately"]

_KEPT = 61
_THRESHOLD = 18
_REACH = 2


class StillScene:
    """The scene without what moves: the median over time of a snow-free clip.

    Args:
        frames: the clip, uint8 (H, W, 3) BGR; at most 61 of them, evenly spread, are held in memory.
    """

    def __init__(self, frames: Iterable[Image]) -> None:
        kept: list[Image] = []
        stride = 1
        for index, frame in enumerate(frames):
            if index % stride:
                continue
            kept.append(frame)
            if len(kept) == _KEPT:
                # The length is not known beforehand: whenever memory is full, half of it is thinned out.
                kept, stride = kept[::2], 2 * stride
        if not kept:
            raise ValueError("a clip without frames has no still scene")
        self.image: Image = np.median(np.stack(kept), axis=0).astype(np.uint8)
        self._smooth = _smooth(self.image)

    def moving(self, truth: Image) -> NDArray[np.bool_]:
        """Where a frame of the clip shows something that is not always there: bool (H, W).

        A pixel moves if any of its colours, blurred a little against sensor noise, differs from the median
        by more than 18 grey levels, or if it lies within two pixels (at 480 wide, more in larger frames) of
        one that does; small holes, such as windows the colour of the road, are filled. A car that stays
        for most of the clip is part of the scene; shadows move with those who cast them.
        """
        blue, green, red = cv2.split(cv2.absdiff(_smooth(truth), self._smooth))
        difference = cv2.max(cv2.max(blue, green), red)  # numpy takes ten times as long over a short axis
        reach = max(1, round(_REACH * truth.shape[1] / 480))
        changed = (np.asarray(difference) > _THRESHOLD).astype(np.uint8)
        closed = cv2.morphologyEx(changed, cv2.MORPH_CLOSE, _disc(2 * reach))
        return np.asarray(cv2.dilate(closed, _disc(reach)) > 0, np.bool_)


def and_lately(moving: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """What moves in each frame of a film, and where it did in the frame before; bool (T, H, W).

    What a thing has just left looks as ever: there a ghost would stay.
    """
    lately = moving.copy()
    lately[1:] |= moving[:-1]
    return lately


def _disc(radius: int) -> NDArray[np.uint8]:
    side = 2 * radius + 1
    return np.asarray(cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side, side)), np.uint8)


def _smooth(image: Image) -> Image:
    return np.asarray(cv2.GaussianBlur(image, (0, 0), max(0.8, image.shape[1] / 600)), np.uint8)
