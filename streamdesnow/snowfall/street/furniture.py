"""What stands in the street and hides what passes behind it: lamp, trees, a road sign."""

from __future__ import annotations

import math

import numpy as np

from streamdesnow.snowfall.street.layout import LAMP_FOOT
from streamdesnow.snowfall.street.light import add_glow
from streamdesnow.snowfall.street.palette import LAMP, SNOW, in_haze, shaded
from streamdesnow.snowfall.street.sheet import Colour, Pixels, Sheet, box_around
from streamdesnow.snowfall.street.view import Floats, View

__all__ = ["Lamp", "RoadSign", "Tree"]

_METAL: Colour = (62, 60, 58)


class _Upright:
    """Draws lines and outlines given as (right, up) metres from a place, in the plane of the picture."""

    def __init__(
        self, image: Pixels, view: View, place: tuple[float, float], reach: float, high: float
    ) -> None:
        self._view, self._place = view, place
        self._scale = view.scale(*place)
        box = box_around(self._flat([(-reach, -0.2), (reach, high)]), 2, image)
        self._sheet = Sheet(image, box) if box else None
        self._depth = view.focal / self._scale

    def line(self, points: list[tuple[float, float]], colour: Colour, width: float) -> None:
        if self._sheet is not None:
            placed = self._sheet.placed(self._flat(points))
            self._sheet.line(placed, in_haze(colour, self._depth), width * self._scale)

    def shape(self, points: list[tuple[float, float]], colour: Colour) -> None:
        if self._sheet is not None:
            self._sheet.polygon(self._sheet.placed(self._flat(points)), in_haze(colour, self._depth))

    def pixels(self, metres: float) -> float:
        return metres * self._scale

    def settle(self) -> None:
        if self._sheet is not None:
            self._sheet.settle()

    def _flat(self, points: list[tuple[float, float]]) -> Floats:
        return self._view.project(self._view.beside(self._place, np.array(points, np.float32)))


class Lamp:
    """A street lamp whose arm reaches over the road."""

    place = LAMP_FOOT
    _HEAD = (-1.9, 6.75)

    def draw(self, image: Pixels, view: View) -> None:
        """Post, arm and lit head."""
        upright = _Upright(image, view, self.place, 2.6, 7.4)
        upright.line([(0, 0), (0, 0.9)], shaded(_METAL, 0.85), 0.24)
        upright.line([(0, 0.8), (0, 5.9), (-0.12, 6.5), (-0.5, 6.85), (-1.3, 6.9)], _METAL, 0.12)
        upright.line([(0.035, 1.0), (0.035, 5.9)], shaded(_METAL, 1.5), 0.03)
        upright.line([(-0.55, 6.93), (-1.3, 6.98), (-2.2, 6.96)], SNOW, 0.07)
        hood = [(-1.2, 6.98), (-2.3, 6.94), (-2.4, 6.8), (-1.2, 6.82)]
        upright.shape(hood, _METAL)
        upright.shape([(-1.4, 6.83), (-2.36, 6.8), (-2.2, 6.68), (-1.55, 6.7)], (206, 236, 255))
        upright.settle()

    def shine(self, image: Pixels, view: View) -> None:
        """The halo around the head."""
        head = view.project(view.beside(self.place, np.array([self._HEAD], np.float32)))[0]
        scale = view.scale(*self.place)
        add_glow(image, head, 4.2 * scale, shaded(LAMP, 0.26))
        add_glow(image, head, 1.3 * scale, shaded(LAMP, 0.5))


class Tree:
    """A bare tree with snow on its branches."""

    def __init__(self, place: tuple[float, float], height: float, seed: int) -> None:
        self.place, self._height, self._seed = place, height, seed

    def draw(self, image: Pixels, view: View) -> None:
        """Trunk and branches."""
        upright = _Upright(image, view, self.place, 0.75 * self._height, 1.35 * self._height)
        rng = np.random.default_rng(self._seed)
        self._branch(upright, rng, (0.0, 0.0), math.pi / 2, 0.34 * self._height, 0.038 * self._height, 6)
        upright.settle()

    def _branch(
        self,
        upright: _Upright,
        rng: np.random.Generator,
        start: tuple[float, float],
        angle: float,
        length: float,
        width: float,
        order: int,
    ) -> None:
        bend = angle + float(rng.normal(0, 0.08))
        middle = (start[0] + 0.5 * length * math.cos(bend), start[1] + 0.5 * length * math.sin(bend))
        end = (middle[0] + 0.5 * length * math.cos(angle), middle[1] + 0.5 * length * math.sin(angle))
        upright.line([start, middle, end], shaded((52, 58, 64), float(rng.uniform(0.8, 1.1))), width)
        if order <= 4 and width > 0.02:
            lie = abs(math.cos(angle))
            above = 0.42 * width
            snow = [(x, y + above) for x, y in (start, middle, end)]
            if lie > 0.3:
                upright.line(snow, shaded(SNOW, 0.94), 0.5 * width * lie)
        if order == 0 or upright.pixels(length) < 2:
            return
        for _ in range(3 if order in (2, 4, 6) else 2):
            turn = float(rng.choice((-1, 1)) * rng.uniform(0.2, 0.75))
            up = 0.12 * (math.pi / 2 - angle)
            share = float(rng.uniform(0.62, 0.84))
            self._branch(upright, rng, end, angle + turn + up, length * share, width * 0.66, order - 1)


class RoadSign:
    """The blue sign at the crossing."""

    def __init__(self, place: tuple[float, float]) -> None:
        self.place = place

    def draw(self, image: Pixels, view: View) -> None:
        """Post and plate."""
        upright = _Upright(image, view, self.place, 0.6, 3.0)
        upright.line([(0, 0), (0, 2.75)], (118, 116, 114), 0.07)
        plate = [(-0.34, 2.05), (0.34, 2.05), (0.34, 2.73), (-0.34, 2.73)]
        upright.shape([(x * 1.1, 2.39 + (y - 2.39) * 1.1) for x, y in plate], (216, 216, 216))
        upright.shape(plate, (150, 84, 30))
        upright.shape([(-0.27, 2.12), (0.27, 2.12), (0, 2.66)], (220, 222, 222))
        upright.line([(-0.02, 2.42), (0.0, 2.3), (-0.09, 2.17)], (24, 24, 24), 0.045)
        upright.line([(0.0, 2.3), (0.09, 2.17)], (24, 24, 24), 0.045)
        upright.line([(0.0, 2.5), (0.0, 2.5)], (24, 24, 24), 0.07)
        upright.line([(-0.3, 2.76), (0.3, 2.76)], SNOW, 0.06)
        upright.settle()
