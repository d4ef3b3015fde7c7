"""Drawing with soft edges."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from streamdesnow.snowfall.street.view import Floats

__all__ = ["SHIFT", "Box", "Colour", "Fixed", "Pixels", "Sheet", "box_around", "to_fixed"]

Colour = tuple[float, float, float]
"""BGR, 0..255."""
Pixels = NDArray[np.uint8]
Fixed = NDArray[np.int32]
Box = tuple[int, int, int, int]
"""Left, top, right, bottom in pixels; right and bottom are outside."""

_ZOOM = 2
SHIFT = 4
"""Bits after the point in OpenCV's drawing coordinates."""


def box_around(points: Floats, margin: float, image: Pixels) -> Box | None:
    """The part of `image` that holds all `points` (n, 2) and `margin` pixels around; None if outside."""
    left, top = np.floor(points.min(axis=0) - margin).astype(int)
    right, bottom = np.ceil(points.max(axis=0) + margin).astype(int)
    height, width = image.shape[:2]
    box = (max(int(left), 0), max(int(top), 0), min(int(right), width), min(int(bottom), height))
    return box if box[0] < box[2] and box[1] < box[3] else None


class Sheet:
    """A part of a picture, enlarged to be drawn upon, so that edges come out soft.

    Pixels that nothing is drawn on come back unchanged. On a one-channel picture every colour is 255:
    the same drawing code then gives the mask of what it draws.
    """

    def __init__(self, image: Pixels, box: Box) -> None:
        self._target = image[box[1] : box[3], box[0] : box[2]]
        self._origin = np.array(box[:2], np.float32)
        self._pixels = cv2.resize(self._target, None, fx=_ZOOM, fy=_ZOOM, interpolation=cv2.INTER_NEAREST)
        self._is_mask = image.ndim == 2

    def placed(self, points: Floats) -> Fixed:
        """Points (n, 2) in pixels of the whole picture, as the methods below take them."""
        # Pixel centres lie at .5 in our coordinates and at whole numbers in OpenCV's.
        return to_fixed((points - self._origin) * _ZOOM - 0.5)

    def length(self, pixels: float) -> float:
        """A length in pixels of the whole picture, in units of `placed`."""
        return pixels * _ZOOM * (1 << SHIFT)

    def polygon(self, points: Fixed, colour: Colour) -> None:
        """Fill a polygon."""
        cv2.fillPoly(self._pixels, [points], self._colour(colour), cv2.LINE_AA, SHIFT)

    def line(self, points: Fixed, colour: Colour, width: float) -> None:
        """Draw a line with round ends, `width` pixels of the picture wide."""
        thickness = max(1, round(width * _ZOOM))
        cv2.polylines(self._pixels, [points], False, self._colour(colour), thickness, cv2.LINE_AA, SHIFT)

    def disc(self, centre: Fixed, radius: float, colour: Colour) -> None:
        """Fill a circle of `radius` pixels of the picture; `centre` (1, 2)."""
        x, y = centre[0].tolist()
        size = max(1, round(radius * _ZOOM * (1 << SHIFT)))
        cv2.circle(self._pixels, (x, y), size, self._colour(colour), -1, cv2.LINE_AA, SHIFT)

    def settle(self, opacity: float = 1.0) -> None:
        """Put what was drawn back into the picture; `opacity` below 1 lets the old picture show through."""
        height, width = self._target.shape[:2]
        drawn = cv2.resize(self._pixels, (width, height), interpolation=cv2.INTER_AREA)
        if opacity < 1:
            drawn = cv2.addWeighted(drawn, opacity, self._target, 1 - opacity, 0)
        self._target[...] = drawn

    def _colour(self, colour: Colour) -> Colour | float:
        return 255.0 if self._is_mask else colour


def to_fixed(points: Floats) -> Fixed:
    """OpenCV's sub-pixel numbers; far away points are drawn in, which it could not hold."""
    return np.rint(np.clip(points, -30000, 30000) * (1 << SHIFT)).astype(np.int32)
