"""Colours of a late winter afternoon, BGR 0..255."""

from __future__ import annotations

import numpy as np

from streamdesnow.snowfall.street.sheet import Colour
from streamdesnow.snowfall.street.view import Floats, haze

__all__ = ["FAR", "LAMP", "SKY_TOP", "SNOW", "WINDOW", "haze_over", "in_haze", "shaded"]

SKY_TOP: Colour = (148, 128, 112)
FAR: Colour = (186, 174, 164)
SNOW: Colour = (214, 206, 199)
LAMP: Colour = (120, 196, 255)
WINDOW: Colour = (96, 186, 244)


def shaded(colour: Colour, light: float) -> Colour:
    """The colour under more (above 1) or less light."""
    blue, green, red = (min(max(part * light, 0.0), 255.0) for part in colour)
    return blue, green, red


def in_haze(colour: Colour, depth: float) -> Colour:
    """The colour as seen from `depth` metres away."""
    share = float(haze(depth))
    blue, green, red = (near * (1 - share) + far * share for near, far in zip(colour, FAR, strict=True))
    return blue, green, red


def haze_over(image: Floats, depth: Floats) -> Floats:
    """Float BGR pixels (..., 3) as seen from `depth` (...) metres away."""
    share = haze(depth)[..., None]
    hazed: Floats = image * (1 - share) + np.array(FAR, np.float32) * share
    return hazed
