"""What stands in the street and hides what passes behind it: lamp, trees, a road sign."""

from __future__ import annotations

import math

import numpy as np

from streamdesnow.snowfall.street.figure import Figure
from streamdesnow.snowfall.street.layout import LAMP_FOOT
from streamdesnow.snowfall.street.light import add_glow
from streamdesnow.snowfall.street.palette import LAMP, SNOW, shaded
from streamdesnow.snowfall.street.sheet import Colour, Pixels
from streamdesnow.snowfall.street.view import SIDEWAYS, View

__all__ = ["Lamp", "RoadSign", "Tree"]

_METAL: Colour = (62, 60, 58)
_BARK: Colour = (52, 58, 64)


class _Upright(Figure):
    """A figure in the plane of the picture: points are (right, up) in metres from its place."""

    def __init__(self, place: tuple[float, float]) -> None:
        super().__init__(place, SIDEWAYS)

    def line(self, points: list[tuple[float, float]], colour: Colour, width: float) -> None:
        self.limb([(right, 0, up) for right, up in points], width, colour)

    def plate(self, points: list[tuple[float, float]], colour: Colour) -> None:
        self.shape([(right, 0, up) for right, up in points], colour)


class Lamp:
    """A street lamp whose arm reaches over the road."""

    place = LAMP_FOOT
    _HEAD = (-1.9, 6.75)

    def draw(self, image: Pixels, view: View) -> None:
        """Post, arm and lit head."""
        upright = _Upright(self.place)
        upright.line([(0, 0), (0, 0.9)], shaded(_METAL, 0.85), 0.24)
        upright.line([(0, 0.8), (0, 5.9), (-0.12, 6.5), (-0.5, 6.85), (-1.3, 6.9)], _METAL, 0.12)
        upright.line([(0.035, 1.0), (0.035, 5.9)], shaded(_METAL, 1.5), 0.03)
        upright.line([(-0.55, 6.93), (-1.3, 6.98), (-2.2, 6.96)], SNOW, 0.07)
        hood = [(-1.2, 6.98), (-2.3, 6.94), (-2.4, 6.8), (-1.2, 6.82)]
        upright.plate(hood, _METAL)
        upright.plate([(-1.4, 6.83), (-2.36, 6.8), (-2.2, 6.68), (-1.55, 6.7)], (206, 236, 255))
        upright.draw(image, view)

    def shine(self, image: Pixels, view: View) -> None:
        """The halo around the head."""
        (x, y), (right, up) = self.place, self._HEAD
        point = (x + right * math.cos(SIDEWAYS), y + right * math.sin(SIDEWAYS), up)
        head = view.project(np.array(point, np.float32))
        scale = view.scale(*self.place)
        add_glow(image, head, 4.2 * scale, shaded(LAMP, 0.26))
        add_glow(image, head, 1.3 * scale, shaded(LAMP, 0.5))


class Tree:
    """A bare tree with snow on its branches.

    Args:
        place, height: metres.
        seed: how it grew.
        smallest: length in metres of the shortest branch that can be seen.
    """

    def __init__(self, place: tuple[float, float], height: float, seed: int, smallest: float) -> None:
        self.place = place
        self._smallest = smallest
        self._rng = np.random.default_rng(seed)
        self._figure = _Upright(place)
        self._grow((0.0, 0.0), math.pi / 2, 0.34 * height, 0.038 * height, 6)

    def draw(self, image: Pixels, view: View) -> None:
        """Trunk and branches."""
        self._figure.draw(image, view)

    def _grow(
        self, start: tuple[float, float], angle: float, length: float, width: float, order: int
    ) -> None:
        rng = self._rng
        bend = angle + float(rng.normal(0, 0.08))
        middle = (start[0] + 0.5 * length * math.cos(bend), start[1] + 0.5 * length * math.sin(bend))
        end = (middle[0] + 0.5 * length * math.cos(angle), middle[1] + 0.5 * length * math.sin(angle))
        self._figure.line([start, middle, end], shaded(_BARK, float(rng.uniform(0.8, 1.1))), width)
        lie = abs(math.cos(angle))
        if order <= 4 and width > 0.02 and lie > 0.3:
            snow = [(right, up + 0.42 * width) for right, up in (start, middle, end)]
            self._figure.line(snow, shaded(SNOW, 0.94), 0.5 * width * lie)
        if order == 0 or length < self._smallest:
            return
        for _ in range(3 if order in (2, 4, 6) else 2):
            turn = float(rng.choice((-1, 1)) * rng.uniform(0.2, 0.75))
            up = 0.12 * (math.pi / 2 - angle)
            share = float(rng.uniform(0.62, 0.84))
            self._grow(end, angle + turn + up, length * share, width * 0.66, order - 1)


class RoadSign:
    """The blue sign at the crossing."""

    def __init__(self, place: tuple[float, float]) -> None:
        self.place = place

    def draw(self, image: Pixels, view: View) -> None:
        """Post and plate."""
        upright = _Upright(self.place)
        upright.line([(0, 0), (0, 2.75)], (118, 116, 114), 0.07)
        plate = [(-0.34, 2.05), (0.34, 2.05), (0.34, 2.73), (-0.34, 2.73)]
        upright.plate([(x * 1.1, 2.39 + (y - 2.39) * 1.1) for x, y in plate], (216, 216, 216))
        upright.plate(plate, (150, 84, 30))
        upright.plate([(-0.27, 2.12), (0.27, 2.12), (0, 2.66)], (220, 222, 222))
        upright.line([(-0.02, 2.42), (0.0, 2.3), (-0.09, 2.17)], (24, 24, 24), 0.045)
        upright.line([(0.0, 2.3), (0.09, 2.17)], (24, 24, 24), 0.045)
        upright.line([(0.0, 2.5), (0.0, 2.5)], (24, 24, 24), 0.07)
        upright.line([(-0.3, 2.76), (0.3, 2.76)], SNOW, 0.06)
        upright.draw(image, view)
