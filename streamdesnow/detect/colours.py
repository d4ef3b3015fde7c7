"""Colours that tell tracks or classes apart, on snow as in the dark."""

from __future__ import annotations

import colorsys
import zlib
from typing import Literal

from streamdesnow.detect.detection import Detection

__all__ = ["DARK", "WHITE", "Colour", "colour_of", "outlined"]

Colour = tuple[int, int, int]
"""B, G, R, each 0..255."""

DARK: Colour = (24, 20, 16)
"""What every line is edged with: white ground is what it has to be told from."""
WHITE: Colour = (255, 255, 255)

# Neighbours in steps of the golden ratio are far apart on the colour wheel, however many there are.
_GOLDEN = 0.618033988749895
_SATURATION = 0.85


def colour_of(detection: Detection, by: Literal["track", "class"]) -> Colour:
    """The same for the same track or class, in every frame and every run."""
    if by == "track" and detection.track is not None:
        number = detection.track
    else:
        number = zlib.crc32(detection.label.encode()) % 997
    red, green, blue = colorsys.hsv_to_rgb(number * _GOLDEN % 1.0, _SATURATION, 1.0)
    return round(255 * blue), round(255 * green), round(255 * red)


def outlined(thickness: int) -> int:
    """Thickness of the dark line beneath a coloured one, which then shows on both sides of it."""
    return thickness + 2 * max(1, thickness // 2)
