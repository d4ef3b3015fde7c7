"""The simulated street: a fixed camera's pictures, any of them at any time."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

from streamdesnow.frame import Image
from streamdesnow.snowfall.street.car_body import car_body
from streamdesnow.snowfall.street.cars import Car
from streamdesnow.snowfall.street.cutout import Cutout, cut_out
from streamdesnow.snowfall.street.furniture import Lamp, RoadSign, Tree
from streamdesnow.snowfall.street.ground import paint_ground
from streamdesnow.snowfall.street.houses import paint_houses
from streamdesnow.snowfall.street.layout import CROSSING
from streamdesnow.snowfall.street.noise import SensorNoise
from streamdesnow.snowfall.street.sheet import Pixels
from streamdesnow.snowfall.street.sky import paint_sky
from streamdesnow.snowfall.street.traffic import Traffic
from streamdesnow.snowfall.street.view import View

__all__ = ["Street"]

_BIG = 1600
_Draw = Callable[[Pixels, View], None]


class Street:
    """A fixed camera over a street on a winter afternoon, without falling snow.

    Cars drive both ways, one stops at a crossing while people cross, others walk along the shops.
    A frame depends on nothing but the arguments here and its index.

    Args:
        width, height: frame size in pixels, 64x64 to 3840x2160.
        fps: frames per second, which decides how far things move between frames.
        seed: another seed paints other houses and sends other people.
    """

    def __init__(self, width: int, height: int, fps: float, seed: int) -> None:
        self._view = View(width, height)
        self._fps = fps
        self._traffic = Traffic(seed)
        self._noise = SensorNoise(width, height, seed)
        rng = np.random.default_rng([seed, 11])
        self._background = _paint(self._view, rng)
        self._standing: list[tuple[float, _Draw]] = []
        self._furnish(rng)

    @property
    def size(self) -> tuple[int, int]:
        """(width, height) in pixels."""
        return self._view.width, self._view.height

    def draw(self, index: int) -> Image:
        """Frame `index`, uint8 (H, W, 3) BGR, with sensor noise."""
        image = self._background.copy()
        self._populate(image, index)
        return self._noise.on(image, index)

    def moving(self, index: int) -> NDArray[np.bool_]:
        """Where frame `index` shows something that moves, or its shadow: bool (H, W)."""
        mask = np.zeros((self._view.height, self._view.width), np.uint8)
        self._populate(mask, index)
        return mask > 40

    def _populate(self, image: Pixels, index: int) -> None:
        actors = self._traffic.at(index / self._fps)
        for actor in actors:
            actor.shade(image, self._view)
        moving = [(self._depth(actor.place), actor.draw) for actor in actors]
        for _, draw in sorted([*moving, *self._standing], key=lambda layer: layer[0], reverse=True):
            draw(image, self._view)

    def _depth(self, place: tuple[float, float]) -> float:
        return self._view.focal / self._view.scale(*place)

    def _furnish(self, rng: np.random.Generator) -> None:
        """Put up what stands still but hides what passes behind it."""
        lamp = Lamp()
        lamp.shine(self._background, self._view)
        seeds = rng.integers(1 << 30, size=6).tolist()
        trees = [
            Tree(place, height, seed, smallest=2 / self._view.scale(*place))
            for place, height, seed in zip(
                ((-5.6, 33.0), (6.7, 38.0), (-5.6, 47.0), (6.7, 54.0), (-5.6, 63.0), (6.7, 72.0)),
                (6.8, 6.2, 7.2, 6.6, 7.0, 6.4),
                seeds,
                strict=True,
            )
        ]
        saloon, hatchback, van = (car_body(kind) for kind in ("saloon", "hatchback", "van"))
        parked = [
            Car(hatchback, (70, 122, 150), 4.75, 31.5, 1, lamps=False, snowed=True),
            Car(saloon, (96, 58, 44), 4.75, 38.0, 1, lamps=False, snowed=True),
            Car(van, (196, 196, 192), 4.7, 52.0, -1, lamps=False, snowed=True),
        ]
        for car in parked:
            car.shade(self._background, self._view)
        things: list[Lamp | Tree | RoadSign | Car] = [
            lamp,
            RoadSign((-4.5, CROSSING[1] + 0.7)),
            *trees,
            *parked,
        ]
        for thing in things:
            cutout = cut_out(self.size, _drawer(thing, self._view))
            self._standing.append((self._depth(thing.place), _over(cutout)))


class _Drawable(Protocol):
    def draw(self, image: Pixels, view: View) -> None: ...


def _paint(view: View, rng: np.random.Generator) -> Image:
    """The empty street; houses are painted twice as large, where there is time for it, for soft edges."""
    sky, ground, houses = rng.spawn(3)
    canvas = np.zeros((view.height, view.width, 3), np.float32)
    paint_sky(canvas, view, sky)
    paint_ground(canvas, view, ground)
    size = (view.width, view.height)
    if max(size) > _BIG:
        paint_houses(canvas, view, houses)
    else:
        large = view.enlarged(2)
        doubled = cv2.resize(canvas, (large.width, large.height), interpolation=cv2.INTER_NEAREST)
        wide = np.asarray(doubled, np.float32)
        paint_houses(wide, large, houses)
        canvas = np.asarray(cv2.resize(wide, size, interpolation=cv2.INTER_AREA), np.float32)
    return np.clip(canvas, 0, 255).astype(np.uint8)


def _drawer(thing: _Drawable, view: View) -> Callable[[Pixels], None]:
    return lambda image: thing.draw(image, view)


def _over(cutout: Cutout) -> _Draw:
    return lambda image, view: cutout.over(image)
