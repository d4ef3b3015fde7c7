"""Frames of any size for networks that take multiples of some number of pixels."""

from __future__ import annotations

import cv2
import numpy as np

from streamdesnow.frame import Image

__all__ = ["crop", "pad", "padded_size"]


def padded_size(width: int, height: int, multiple: int) -> tuple[int, int]:
    """The smallest (width, height) of multiples that holds the frame."""
    return -(-width // multiple) * multiple, -(-height // multiple) * multiple


def pad(image: Image, multiple: int) -> Image:
    """The image with its right and lower border reflected out to the next multiple; itself where it fits."""
    height, width = image.shape[:2]
    to_width, to_height = padded_size(width, height, multiple)
    if (to_width, to_height) == (width, height):
        return image
    bordered = cv2.copyMakeBorder(
        image, 0, to_height - height, 0, to_width - width, borderType=cv2.BORDER_REFLECT_101
    )
    return np.asarray(bordered, np.uint8)


def crop(image: Image, width: int, height: int) -> Image:
    """The upper left part, contiguous; the image itself where it has that size."""
    return np.ascontiguousarray(image[:height, :width])
