"""Words at boxes: as large as the frame needs, always inside it, and not on top of each other."""

from __future__ import annotations

from typing import NamedTuple

import cv2

from streamdesnow.detect.colours import DARK, WHITE, Colour
from streamdesnow.detect.detection import Box, Detection
from streamdesnow.frame import Image

__all__ = ["Lettering", "Rectangle", "draw_label", "label_text", "lettering"]

_FONT = cv2.FONT_HERSHEY_SIMPLEX
_SMALLEST = 10.0
_SHARE = 40


class Lettering(NamedTuple):
    """How letters are drawn: OpenCV's scale; strokes, height of capitals and room around in pixels."""

    scale: float
    thickness: int
    height: int
    padding: int


class Rectangle(NamedTuple):
    """Whole pixels; right and bottom are the first outside."""

    left: int
    top: int
    right: int
    bottom: int

    def meets(self, other: Rectangle) -> bool:
        """Whether they share a pixel."""
        beside = self.right <= other.left or other.right <= self.left
        above = self.bottom <= other.top or other.bottom <= self.top
        return not (beside or above)


def lettering(width: int, height: int, scale: float = 1.0) -> Lettering:
    """Letters for a frame of that size: legible from 360 lines on, in proportion in large ones."""
    capitals = max(_SMALLEST, min(width, height) / _SHARE) * scale
    (_, unit), _ = cv2.getTextSize("X", _FONT, 1.0, 1)
    size = capitals / unit
    return Lettering(size, max(1, round(capitals / 9)), round(capitals), max(2, round(capitals / 3)))


def label_text(detection: Detection) -> str:
    """`person 0.87 #7`; what only the frame before cleaning shows says so."""
    track = f" #{detection.track}" if detection.track is not None else ""
    seen = " (before cleaning)" if detection.seen_in == "before" else ""
    return f"{detection.label} {detection.confidence:.2f}{track}{seen}"


def draw_label(
    image: Image, box: Box, text: str, colour: Colour, letters: Lettering, taken: list[Rectangle]
) -> Rectangle:
    """Write `text` on a dark plate with an edge of `colour`, at a box.

    Args:
        image: uint8 (H, W, 3) BGR, drawn into.
        taken: plates that are there; the new one keeps clear of them if it can.

    Returns:
        The plate.
    """
    (text_width, _), _ = cv2.getTextSize(text, _FONT, letters.scale, letters.thickness)
    edge = max(2, letters.padding)
    # Letters such as p hang below the line by about a third.
    size = edge + text_width + 2 * letters.padding, letters.height + 3 * letters.padding
    plate = _place(box, size, (image.shape[1], image.shape[0]), taken)
    corner = plate.right - 1, plate.bottom - 1
    cv2.rectangle(image, (plate.left, plate.top), corner, DARK, cv2.FILLED)
    cv2.rectangle(image, (plate.left, plate.top), (plate.left + edge - 1, corner[1]), colour, cv2.FILLED)
    at = plate.left + edge + letters.padding, plate.top + letters.padding + letters.height
    cv2.putText(image, text, at, _FONT, letters.scale, WHITE, letters.thickness, cv2.LINE_AA)
    return plate


def _place(box: Box, size: tuple[int, int], frame: tuple[int, int], taken: list[Rectangle]) -> Rectangle:
    """Above the box, else below it, else in it; moved into the frame."""
    width, height = size
    left = min(max(round(box.left), 0), max(frame[0] - width, 0))
    tops = (round(box.top) - height, round(box.bottom) + 1, round(box.top), round(box.bottom) - height)
    inside = [top for top in tops if 0 <= top <= frame[1] - height]
    places = [Rectangle(left, top, left + width, top + height) for top in inside or [0]]
    free = (place for place in places if not any(place.meets(each) for each in taken))
    return next(free, places[0])
