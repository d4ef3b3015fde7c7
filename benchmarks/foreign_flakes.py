"""Snow drawn in the plainest ways: no camera, no light, nothing shared with `streamdesnow.snowfall`.

A model that has only learnt how its own training snow is drawn fails on these.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

import cv2
import numpy as np
from numpy.typing import NDArray

from streamdesnow.frame import Image

__all__ = ["AGAINST_LIGHT", "FOREIGN", "Drawer", "Over"]

Floats = NDArray[np.float32]

Over = Callable[[Image], Image]
"""Lays one moment's flakes over uint8 (H, W, 3) BGR and gives a new picture."""

Drawer = Callable[[int, int, np.random.Generator], Iterator[Over]]
"""(width, height, rng) to endless moments of snowfall."""

_FINE = 4  # OpenCV draws at sixteenths of a pixel


def _laid(alpha: Floats, code: float) -> Over:
    """Flakes of one grey value, blended in code values."""
    share = alpha[..., None]
    return lambda image: np.clip(image * (1 - share) + share * np.float32(code) + 0.5, 0, 255).astype(
        np.uint8
    )


def _discs(
    width: int,
    height: int,
    rng: np.random.Generator,
    *,
    density: float,
    radius: tuple[float, float],
    fall: float,
    soft: float = 0.0,
    alpha: tuple[float, float] = (1.0, 1.0),
    code: float = 255,
) -> Iterator[Over]:
    """Discs that fall evenly, large ones faster.

    `density` is discs in 1,000 pixels, `radius` in pixels, `fall` of the largest in pixels a frame.
    """
    count = round(density * width * height / 1000)
    margin = 20
    room = np.array([width + 2 * margin, height + 2 * margin])
    places = rng.uniform(0, 1, (count, 2)) * room
    radii = rng.uniform(*radius, count)
    alphas = rng.uniform(*alpha, count)
    steps = np.stack([rng.normal(0.2, 0.15, count), rng.normal(1, 0.1, count)], -1)
    steps *= fall * (radii / radius[1])[:, None]
    while True:
        mask = np.zeros((height, width), np.float32)
        for place, size, opacity in zip(places - margin, radii, alphas, strict=True):
            cv2.circle(
                mask, _sixteenths(place), int(size * 16), float(opacity), cv2.FILLED, cv2.LINE_8, _FINE
            )
        yield _laid(_blurred(mask, soft) if soft else mask, code)
        places = (places + steps) % room


def _salt(width: int, height: int, rng: np.random.Generator) -> Iterator[Over]:
    """Single pixels, three in a hundred, elsewhere in every frame."""
    while True:
        hit = rng.random((height, width)) < 0.03
        yield _laid((hit * rng.uniform(0.3, 1.0, (height, width))).astype(np.float32), 255)


def _ellipses(width: int, height: int, rng: np.random.Generator) -> Iterator[Over]:
    """Slanted flakes that are elsewhere in every frame."""
    while True:
        mask = np.zeros((height, width), np.float32)
        for _ in range(round(width * height / 324)):
            axes = (int(rng.uniform(1, 6) * 16), int(rng.uniform(1, 3) * 16))
            place = _sixteenths(rng.uniform((0, 0), (width, height)))
            slant, opacity = rng.uniform(60, 110), rng.uniform(0.3, 1.0)
            cv2.ellipse(mask, place, axes, slant, 0, 360, opacity, cv2.FILLED, cv2.LINE_8, _FINE)
        yield _laid(_blurred(mask, 0.8), 250)


def _veil(width: int, height: int, rng: np.random.Generator) -> Iterator[Over]:
    """Soft clouds of light that change from frame to frame."""
    while True:
        cloud = _blurred(rng.standard_normal((height, width), dtype=np.float32), 3)
        yield _laid(np.clip(0.12 * cloud / cloud.std() + 0.1, 0, 0.6), 240)


def _light_lines(width: int, height: int, rng: np.random.Generator) -> Iterator[Over]:
    """Streaks that add light instead of covering what is behind them."""
    count = round(width * height / 185)
    places = rng.uniform((0, 0), (width, height), (count, 2))
    steps = np.stack([rng.normal(1, 1, count), rng.normal(6, 2, count)], -1)
    while True:
        light = np.zeros((height, width), np.float32)
        for place, step in zip(places, steps, strict=True):
            ends = _sixteenths(place), _sixteenths(place + 0.5 * step)
            cv2.line(light, *ends, rng.uniform(30, 160), 1, cv2.LINE_8, _FINE)
        yield _adding(_blurred(light, 0.7))
        places = (places + steps) % (width, height)


def _adding(light: Floats) -> Over:
    return lambda image: np.clip(image + light[..., None] + 0.5, 0, 255).astype(np.uint8)


def _blurred(mask: Floats, sigma: float) -> Floats:
    return np.asarray(cv2.GaussianBlur(mask, (0, 0), sigma), np.float32)


def _sixteenths(place: NDArray[np.float64]) -> tuple[int, int]:
    return int(place[0] * 16), int(place[1] * 16)


FOREIGN: dict[str, Drawer] = {
    "opaque discs": partial(_discs, density=5.4, radius=(1, 4), fall=9),
    "dense opaque discs": partial(_discs, density=19, radius=(1, 4), fall=9, soft=0.6, alpha=(0.3, 0.95)),
    "very fast discs": partial(_discs, density=6.2, radius=(1, 4), fall=40, soft=0.6, alpha=(0.9, 0.9)),
    "slow specks": partial(_discs, density=11.6, radius=(0.8, 2), fall=1.2, soft=0.5, alpha=(0.8, 0.8)),
    "wide blurred discs": partial(_discs, density=0.23, radius=(12, 30), fall=30, soft=3, alpha=(0.45, 0.45)),
    "salt": _salt,
    "ellipses, new in every frame": _ellipses,
    "veil": _veil,
    "streaks that add light": _light_lines,
}
"""By name, for pictures as they are."""

AGAINST_LIGHT: dict[str, Drawer] = {
    f"grey discs of {code}": partial(
        _discs, density=5.4, radius=(1, 4), fall=9, soft=0.7, alpha=(0.7, 0.7), code=code
    )
    for code in (120, 150, 180)
}
"""By name, for pictures as bright as a sky: flakes are darker than what is behind them."""
