"""Small frames go through the network at twice their size, and the result is averaged back.

A network decides for places of 4 x 4 pixels. In a small frame that is much: a leg, half a face. At twice its
size every place is a quarter of that.

Pixels are repeated, not interpolated. So averaging gives back exactly what was enlarged, and what the network
leaves alone comes out bit for bit; any smooth enlarging draws rims around flakes that averaging does not take
away again (cubic: dark rings where white discs were, 8 dB lost).
"""

from __future__ import annotations

import cv2
import numpy as np

from streamdesnow.frame import Image

__all__ = ["TIMES", "averaged", "enlarged", "is_small", "size_at_network"]

TIMES = 2
"""So much wider and higher."""
_LARGEST = 640 * 480
"""Pixels of the largest frame that is enlarged."""


def is_small(width: int, height: int) -> bool:
    """Whether frames of that size are enlarged: of 640x480 and less."""
    return width * height <= _LARGEST


def size_at_network(size: tuple[int, int], *, enlarged: bool) -> tuple[int, int]:
    """(width, height) that a network sees of frames of `size`."""
    return (TIMES * size[0], TIMES * size[1]) if enlarged else size


def enlarged(image: Image) -> Image:
    """Every pixel twice in both directions: uint8 (2 * H, 2 * W, 3)."""
    size = (TIMES * image.shape[1], TIMES * image.shape[0])
    return np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_NEAREST), np.uint8)


def averaged(image: Image) -> Image:
    """Means of 2 x 2 pixels: uint8 (H / 2, W / 2, 3)."""
    size = (image.shape[1] // TIMES, image.shape[0] // TIMES)
    return np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), np.uint8)
