"""What people wear, and what all of them have in common."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from streamdesnow.snowfall.street.light import cast_shadow
from streamdesnow.snowfall.street.sheet import Colour, Pixels
from streamdesnow.snowfall.street.view import View

__all__ = ["BOOTS", "SHIN", "SKIN", "THIGH", "Outfit", "ground_shadow"]

SKIN: Colour = (140, 168, 206)
BOOTS: Colour = (30, 30, 34)
THIGH, SHIN = 0.45, 0.46
"""Metres."""


@dataclass(frozen=True, slots=True)
class Outfit:
    """What somebody wears."""

    coat: Colour
    trousers: Colour
    hat: Colour
    scarf: Colour | None = None
    bag: Colour | None = None
    long_coat: bool = False


def ground_shadow(image: Pixels, view: View, x: float, y: float, long: float, wide: float) -> None:
    turn = np.linspace(0, 2 * math.pi, 14, endpoint=False)
    spots = np.stack([x + 0.12 + wide * np.cos(turn), y + long * np.sin(turn), 0 * turn], axis=1)
    cast_shadow(image, [view.project(spots.astype(np.float32))], 0.1 * view.scale(x, y), 0.5)
