"""One frame's worth of falling snow, and how it lies over a picture."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from streamdesnow.frame import Image

__all__ = ["Layer", "to_linear", "to_srgb"]

_LEVELS = np.arange(256, dtype=np.float32) / 255
_TO_LINEAR = np.where(_LEVELS <= 0.04045, _LEVELS / 12.92, ((_LEVELS + 0.055) / 1.055) ** 2.4).astype(
    np.float32
)
_FINE = np.arange(4096, dtype=np.float32) / 4095
_TO_SRGB = np.rint(
    255 * np.where(_FINE <= 0.0031308, 12.92 * _FINE, 1.055 * np.maximum(_FINE, 1e-9) ** (1 / 2.4) - 0.055)
).astype(np.uint8)
_VISIBLE = 1 / 512


def to_linear(values: NDArray[np.uint8]) -> NDArray[np.float32]:
    """sRGB code values 0..255 to linear light 0..1 (IEC 61966-2-1)."""
    return _TO_LINEAR[values]


def to_srgb(light: NDArray[np.float32]) -> NDArray[np.uint8]:
    """Linear light 0..1 (clipped) to sRGB code values 0..255."""
    codes: NDArray[np.uint8] = _TO_SRGB[np.clip(light * 4095 + 0.5, 0, 4095).astype(np.uint16)]
    return codes


@dataclass(frozen=True, slots=True, eq=False)
class Layer:
    """Flakes in front of the scene.

    Attributes:
        alpha: float32 (H, W), 0..1: how much of the light at a pixel comes from flakes.
        colour: float32 (H, W, 3) or (3,), BGR in linear light 0..1.
        linear: composite in linear light, as a lens does; False mixes code values, as editors do.
    """

    alpha: NDArray[np.float32]
    colour: NDArray[np.float32]
    linear: bool = True

    def over(self, image: Image) -> Image:
        """I = J (1 - a) + a C, only where there is a flake; `image` is uint8 (H, W, 3) BGR, not changed."""
        rows, columns = np.nonzero(self.alpha > _VISIBLE)
        alpha = self.alpha[rows, columns, None]
        colour = self.colour if self.colour.ndim == 1 else self.colour[rows, columns]
        behind = image[rows, columns]
        snowy = image.copy()
        if self.linear:
            light = to_linear(behind)
            snowy[rows, columns] = to_srgb(light + alpha * (colour - light))
        else:
            codes = behind.astype(np.float32)
            painted = codes + alpha * (to_srgb(colour).astype(np.float32) - codes)
            snowy[rows, columns] = np.rint(painted).astype(np.uint8)
        return snowy
