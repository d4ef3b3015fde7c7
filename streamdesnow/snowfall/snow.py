"""Falling snow for a fixed camera, in several independently built styles."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from streamdesnow.snowfall.layer import Layer
from streamdesnow.snowfall.particles import Particles
from streamdesnow.snowfall.sprites import Sprites
from streamdesnow.snowfall.streaks import Streaks
from streamdesnow.snowfall.texture import Texture
from streamdesnow.snowfall.weather import LEVELS, Weather

__all__ = ["HELD_OUT", "LEVELS", "STYLES", "TRAINED", "Snow", "make_snow", "snow_in"]

TRAINED = ("particles", "sprites", "texture")
"""Styles that models are trained on."""

HELD_OUT = ("streaks",)
"""Styles that no model ever trains on: they measure how well restoration transfers."""

STYLES = TRAINED + HELD_OUT


class Snow(Protocol):
    """Snow in the air in front of one camera."""

    def next(self) -> Layer:
        """Let a frame interval pass and look: coherent with the frame before."""
        ...


def snow_in(weather: Weather, style: str, width: int, height: int, fps: float = 25.0, seed: int = 0) -> Snow:
    """Snow of a given weather.

    Args:
        weather: how it snows.
        style: one of `STYLES`.
        width, height: frame size in pixels.
        fps: frames per second: at a lower rate flakes move further between frames.
        seed: the same seed draws the same snow.

    Raises:
        ValueError: there is no such style.
    """
    makers: dict[str, Callable[[Weather, int, int, float, int], Snow]] = {
        "particles": Particles,
        "sprites": Sprites,
        "texture": Texture,
        "streaks": Streaks,
    }
    if style not in makers:
        raise ValueError(f"style is one of {', '.join(STYLES)}, not {style!r}")
    return makers[style](weather, width, height, fps, seed)


def make_snow(style: str, level: str, width: int, height: int, fps: float = 25.0, seed: int = 0) -> Snow:
    """Snow of a typical day of that level: `none`, `light`, `medium` or `heavy`; arguments as `snow_in`."""
    return snow_in(Weather.of_level(level), style, width, height, fps, seed)
