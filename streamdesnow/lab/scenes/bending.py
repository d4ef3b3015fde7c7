"""How pictures of people and animals bend while they walk: one photograph of each is all there is."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

__all__ = ["Bending"]

Floats = NDArray[np.float32]


class Bending:
    """Legs that swing against each other and a body that sways a little, as a displacement of pixels.

    Args:
        shape: height and width of the picture.
        rate: radians of the gait from one time step to the next.
        rng: how far it swings, sways and bobs is drawn from it.
    """

    def __init__(self, shape: tuple[int, int], rate: float, rng: np.random.Generator) -> None:
        height, width = shape
        y, x = np.mgrid[0:height, 0:width].astype(np.float32)
        self._x, self._y, self._rate = x, y, rate
        legs = np.clip((y / height - 0.45) / 0.55, 0, 1)
        # Half a turn apart at the two sides: what is in front swings one way, what is behind the other.
        self._phase = (np.pi * x / width).astype(np.float32)
        self._swing = (height * rng.uniform(0.02, 0.14) * legs).astype(np.float32)
        self._sway = (height * rng.uniform(0.0, 0.02) * (1 - legs)).astype(np.float32)
        self._bob = height * rng.uniform(0.0, 0.015)

    def bend(self, image: Floats, time: int) -> Floats:
        """The picture, float32 (h, w) or (h, w, colours), at a time step."""
        turn = np.float32(self._rate * time)
        right = self._swing * np.sin(turn + self._phase) + self._sway * np.sin(2 * turn)
        down = np.float32(self._bob * np.sin(2 * turn))
        bent = cv2.remap(image, self._x + right, self._y + down, cv2.INTER_LINEAR, borderValue=0.0)
        return np.asarray(bent, np.float32)
