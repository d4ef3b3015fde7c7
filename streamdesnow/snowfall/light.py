"""The light that flakes send to the camera: sky by day, a lamp by night."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from streamdesnow.snowfall.weather import Weather

__all__ = ["flake_colour"]


def flake_colour(weather: Weather, width: int, height: int) -> NDArray[np.float32]:
    """float32 (3,) by day, (H, W, 3) under a lamp: BGR in linear light, 0..1."""
    colour = np.array(weather.bgr, np.float32)
    if weather.lamp <= 0:
        return colour
    x = np.linspace(-1, 1, width, dtype=np.float32)[None, :] - np.float32(0.3 * np.sign(weather.wind))
    y = np.linspace(-0.2, 1.6, height, dtype=np.float32)[:, None]
    glow = 1 / (1 + 3 * (x**2 + y**2))
    lit = (1 - weather.lamp) + weather.lamp * glow
    return (lit[..., None] * colour).astype(np.float32)
