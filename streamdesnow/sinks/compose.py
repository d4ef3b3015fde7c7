"""What an output shows: the clean picture, the one before, or both."""

from __future__ import annotations

import math
from typing import NamedTuple

import cv2
import numpy as np

from streamdesnow.config.output import Show
from streamdesnow.frame import CleanedFrame, Image

__all__ = ["WIPE_PERIOD", "compose"]

WIPE_PERIOD = 8.0
"""Seconds of presentation time in which the border of `wipe` goes from left to right and back."""

_WHITE = (255, 255, 255)
_FONT = cv2.FONT_HERSHEY_SIMPLEX
_SMALLEST_TEXT = 7


def compose(cleaned: CleanedFrame, show: Show) -> Image:
    """The picture that an output writes.

    Args:
        cleaned: images uint8 (H, W, 3) BGR.
        show: `clean` and `before` give that image itself, which must not be written to; `side_by_side` gives
            (H, 2W, 3), before on the left; `wipe` gives (H, W, 3), before on the left of a border that moves
            with the presentation time, so that the same frame always looks the same.
    """
    match show:
        case "clean":
            return cleaned.image
        case "before":
            return cleaned.before.image
        case "side_by_side":
            return side_by_side(cleaned.before.image, cleaned.image)
        case "wipe":
            return wipe(cleaned.before.image, cleaned.image, cleaned.before.seconds)


def side_by_side(before: Image, after: Image) -> Image:
    """Both pictures in full size and labelled, before on the left. Input (H, W, 3), output (H, 2W, 3)."""
    width = before.shape[1]
    picture = np.hstack([before, after])
    _label(picture[:, :width], "before", right=False)
    _label(picture[:, width:], "after", right=True)
    _border(picture, width)
    return picture


def wipe(before: Image, after: Image, seconds: float) -> Image:
    """One picture, before on the left and after on the right of a border that moves with `seconds`."""
    width = before.shape[1]
    column = round(width * (0.5 - 0.5 * math.cos(2 * math.pi * seconds / WIPE_PERIOD)))
    # Labels belong to their picture: the border covers and uncovers them with it.
    left, right = before[:, :column].copy(), after.copy()
    _label(left, "before", right=False, width=width)
    _label(right, "after", right=True)
    right[:, :column] = left
    _border(right, column)
    return right


class _Text(NamedTuple):
    scale: float
    thickness: int
    width: int
    height: int
    padding: int


def _measure(text: str, width: int, height: int) -> _Text | None:
    """Text of an 18th of the height, in a width that leaves room; None where it could not be read."""
    target = max(12.0, height / 18)
    (unit_width, unit_height), _ = cv2.getTextSize(text, _FONT, 1.0, 2)
    scale = min(target / unit_height, 0.8 * width / unit_width, 0.8 * height / unit_height)
    if scale * unit_height < _SMALLEST_TEXT:
        return None
    thickness = max(1, round(1.6 * scale))
    (text_width, text_height), _ = cv2.getTextSize(text, _FONT, scale, thickness)
    return _Text(scale, thickness, text_width, text_height, max(2, text_height // 2))


def _label(picture: Image, text: str, *, right: bool, width: int | None = None) -> None:
    """Write `text` into an upper corner, on a dark ground because snow is as white as the letters.

    `width` is that of the whole picture where `picture` is only the left part of one.
    """
    measured = _measure(text, width or picture.shape[1], picture.shape[0])
    if measured is None or picture.size == 0:
        return
    box_width, box_height = measured.width + 2 * measured.padding, measured.height + 2 * measured.padding
    left = picture.shape[1] - box_width if right else 0
    ground = picture[:box_height, max(left, 0) : left + box_width]
    ground //= 4
    at = (left + measured.padding, measured.padding + measured.height)
    cv2.putText(picture, text, at, _FONT, measured.scale, _WHITE, measured.thickness, cv2.LINE_AA)


def _border(picture: Image, column: int) -> None:
    thickness = max(1, picture.shape[0] // 360)
    left = max(0, column - thickness // 2 - 1)
    if 0 < column < picture.shape[1]:
        picture[:, left : left + thickness] = _WHITE
