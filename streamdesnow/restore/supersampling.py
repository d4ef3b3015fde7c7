"""Small frames go through the network larger than they are, and what it changed is averaged back.

A network decides for places of 4 x 4 pixels. In a small frame that is much: a leg, half a face. Enlarged to
twice its size, every place is a quarter of that, and the work is still no more than that of the frame the
network was made for.
"""

from __future__ import annotations

import math

import cv2
import numpy as np

from streamdesnow.frame import Image
from streamdesnow.models.manifest import ModelManifest
from streamdesnow.restore.padding import padded_size

__all__ = ["change_averaged", "enlarged", "enlarged_size", "sizes_at_network"]

_PIXELS = 1280 * 720
"""Of the largest frame that any is enlarged to: networks' budgets are stated for it."""
_MOST = 2.0
_LEAST = 1.25
"""A frame that could be enlarged by less is left as it is: little to be won."""


def enlarged_size(width: int, height: int) -> tuple[int, int]:
    """(width, height) at which a frame of that size is cleaned; its own where it is large enough."""
    scale = min(_MOST, math.sqrt(_PIXELS / (width * height)))
    if scale < _LEAST:
        return width, height
    return int(width * scale), int(height * scale)


def sizes_at_network(card: ModelManifest, width: int, height: int) -> list[tuple[int, int]]:
    """(width, height) of what a network may get to see of frames of one size: as they are, and enlarged."""
    sizes = [(width, height), *([enlarged_size(width, height)] if card.enlarge else [])]
    return list(dict.fromkeys(padded_size(*size, card.side_multiple) for size in sizes))


def enlarged(image: Image, size: tuple[int, int]) -> Image:
    """The image at (width, height) `size`, no smaller than it is, by cubic interpolation."""
    if size == (image.shape[1], image.shape[0]):
        return image
    return np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_CUBIC), np.uint8)


def change_averaged(image: Image, shown: Image, clean: Image) -> Image:
    """The image with what was changed in its enlarged copy; where nothing was, bit for bit as it is.

    Args:
        image: uint8 (H, W, 3).
        shown: the same enlarged.
        clean: what a network made of that.
    """
    change = cv2.subtract(clean, shown, dtype=cv2.CV_16S)
    averaged = cv2.resize(change, (image.shape[1], image.shape[0]), interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.add(image, averaged, dtype=cv2.CV_8U), np.uint8)
