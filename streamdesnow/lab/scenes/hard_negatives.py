"""What looks like falling snow and is not: it stays in the truth, and a network must leave it alone."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from streamdesnow.frame import Image

__all__ = ["LensDrops", "Rain", "lay_snow", "write_sign"]

Floats = NDArray[np.float32]


def lay_snow(photo: Image, rng: np.random.Generator) -> None:
    """Snow that lies: parts of uint8 (H, W, 3) `photo` turn white and grainy, in place."""
    side = photo.shape[0]
    relief = cv2.GaussianBlur(rng.standard_normal((side, side), dtype=np.float32), (0, 0), side / 8)
    level = np.asarray(relief, np.float32) / np.float32(relief.std()) + np.linspace(-1.5, 1.5, side)[:, None]
    cover = np.clip(level * 2, 0, 1)[..., None] * rng.uniform(0.5, 0.95)
    grain = rng.normal(rng.uniform(170, 245), rng.uniform(2, 14), (side, side, 1))
    photo[:] = np.clip(photo + cover * (grain - photo), 0, 255).astype(np.uint8)


def write_sign(image: Image, rng: np.random.Generator) -> None:
    """Text, lines and dots, mostly white, drawn into uint8 (H, W, 3) `image` in place."""
    side = image.shape[0]
    for _ in range(int(rng.integers(1, 5))):
        x, y = (int(v) for v in rng.integers(0, side, 2))
        colour = (float(rng.uniform(190, 255)),) * 3
        match int(rng.integers(3)):
            case 0:
                text = "".join(chr(int(c)) for c in rng.integers(48, 91, int(rng.integers(2, 9))))
                font, size = int(rng.integers(0, 4)), rng.uniform(0.3, 1.0)
                cv2.putText(image, text, (x, y), font, size, colour, 1, cv2.LINE_AA)
            case 1:
                end = (x + int(rng.integers(-60, 60)), y + int(rng.integers(-60, 60)))
                cv2.line(image, (x, y), end, colour, int(rng.integers(1, 5)), cv2.LINE_AA)
            case _:
                for _ in range(int(rng.integers(1, 12))):
                    spot = (x + int(rng.integers(-40, 40)), y + int(rng.integers(-40, 40)))
                    cv2.circle(image, spot, int(rng.integers(1, 4)), colour, -1, cv2.LINE_AA)


class LensDrops:
    """Flakes and drops that stick to the glass: pale blurred spots that stay, whatever the camera does."""

    def __init__(self, side: int, rng: np.random.Generator) -> None:
        alpha = np.zeros((side, side), np.float32)
        for _ in range(int(rng.integers(1, 6))):
            spot = tuple(int(v) for v in rng.integers(0, side, 2))
            cv2.circle(alpha, spot, int(rng.integers(2, 12)), rng.uniform(0.2, 0.8), -1, cv2.LINE_AA)
        self._alpha = np.asarray(cv2.GaussianBlur(alpha, (0, 0), rng.uniform(1, 5)), np.float32)[..., None]
        self._colour = np.float32(rng.uniform(150, 240))

    def paint(self, canvas: Floats) -> None:
        """Draw over float32 (H, W, 3) `canvas`, in place."""
        canvas += self._alpha * (self._colour - canvas)


class Rain:
    """Thin faint lines that are elsewhere in every frame."""

    def __init__(self, side: int, rng: np.random.Generator) -> None:
        self._rng, self._side = rng, side
        self._count = int(rng.integers(10, 120))
        self._length, self._slant = rng.uniform(6, 25), rng.normal(0, 0.2)
        self._alpha = rng.uniform(0.05, 0.25)

    def paint(self, canvas: Floats) -> None:
        """Draw the next moment's drops over float32 (H, W, 3) `canvas`, in place."""
        mask = np.zeros((self._side, self._side), np.uint8)
        for x, y in self._rng.uniform(0, self._side, (self._count, 2)):
            end = (round(x + self._slant * self._length), round(y + self._length))
            cv2.line(mask, (round(x), round(y)), end, 255, 1, cv2.LINE_AA)
        canvas += mask[..., None] * np.float32(self._alpha / 255) * (np.float32(220) - canvas)
