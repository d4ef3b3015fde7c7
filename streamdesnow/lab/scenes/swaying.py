"""Foliage before a camera that stands still."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

__all__ = ["Sway"]

Floats = NDArray[np.float32]


class Sway:
    """A patch of the picture that bends to and fro.

    Args:
        side: of the picture, in pixels.
        rng: says where, how wide, how far and how fast.
    """

    def __init__(self, side: int, rng: np.random.Generator) -> None:
        x, y = rng.uniform(0, side, 2)
        grid = np.mgrid[0:side, 0:side].astype(np.float32)
        self._y, self._x = grid
        reach = rng.uniform(0.15, 0.5) * side
        self._weight = np.exp(-((self._x - x) ** 2 + (self._y - y) ** 2) / (2 * reach**2)).astype(np.float32)
        self._ripple = np.sin(self._x * rng.uniform(0.05, 0.3) + self._y * rng.uniform(0.05, 0.3)).astype(
            np.float32
        )
        self._amount, self._rate = rng.uniform(0.3, 2.5), rng.uniform(0.1, 0.9)

    def bend(self, image: Floats, time: int) -> Floats:
        """The picture, float32 (S, S, 3), as it is at frame `time`."""
        bend = (
            self._weight * np.float32(self._amount) * np.sin(self._ripple * 2 + np.float32(self._rate * time))
        )
        bent = cv2.remap(
            image, self._x + bend, self._y + 0.3 * bend, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT
        )
        return np.asarray(bent, np.float32)
