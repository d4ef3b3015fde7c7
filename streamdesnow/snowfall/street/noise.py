"""Sensor noise."""

from __future__ import annotations

import cv2
import numpy as np

from streamdesnow.frame import Image
from streamdesnow.snowfall.street.sheet import Pixels

__all__ = ["SensorNoise"]

_MARGIN = 96
_SIGMA = 1.6


class SensorNoise:
    """Noise of a camera in poor light, the same for the same index.

    Drawing fresh noise for every pixel would take longer than drawing the street, so one larger noise
    picture is cut at another place for each frame.
    """

    def __init__(self, width: int, height: int, seed: int) -> None:
        rng = np.random.default_rng([seed, 23])
        shape = (height + _MARGIN, width + _MARGIN)
        grey = rng.standard_normal(shape, np.float32)[..., None] * _SIGMA
        noise = np.rint(grey + rng.standard_normal((*shape, 3), np.float32) * 0.6 * _SIGMA)
        # Two uint8 pictures instead of a signed one: saturating uint8 arithmetic is what OpenCV does fastest.
        self._more: Pixels = np.clip(noise, 0, 255).astype(np.uint8)
        self._less: Pixels = np.clip(-noise, 0, 255).astype(np.uint8)
        self._size = (width, height)
        self._seed = seed

    def on(self, image: Image, index: int) -> Image:
        """The frame with noise on it."""
        width, height = self._size
        left, top, swap = (
            np.random.default_rng([self._seed, 29, index]).integers((_MARGIN, _MARGIN, 2)).tolist()
        )
        part = np.s_[top : top + height, left : left + width]
        more, less = (self._less, self._more) if swap else (self._more, self._less)
        noisy = cv2.subtract(cv2.add(image, more[part]), less[part])
        return np.asarray(noisy, np.uint8)
