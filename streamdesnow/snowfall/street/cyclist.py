"""Somebody on a bicycle."""

from __future__ import annotations

import math
from dataclasses import dataclass

from streamdesnow.snowfall.street.figure import Figure, Point
from streamdesnow.snowfall.street.outfit import BOOTS, SHIN, SKIN, THIGH, Outfit, ground_shadow
from streamdesnow.snowfall.street.palette import shaded
from streamdesnow.snowfall.street.sheet import Colour, Pixels
from streamdesnow.snowfall.street.view import View

__all__ = ["Cyclist"]


@dataclass(frozen=True, slots=True)
class Cyclist:
    """Somebody on a bicycle at one moment; attributes as for `Walker`."""

    outfit: Outfit
    x: float
    y: float
    heading: float
    ridden: float
    opacity: float = 1.0

    @property
    def place(self) -> tuple[float, float]:
        """Where they are on the ground, in metres."""
        return self.x, self.y

    def shade(self, image: Pixels, view: View) -> None:
        """Their shadow."""
        ground_shadow(image, view, self.x, self.y, 0.95, 0.26)

    def draw(self, image: Pixels, view: View) -> None:
        """Bicycle and rider."""
        figure = Figure(self.place, self.heading)
        metal, wear = (44, 60, 132), self.outfit
        crank = self.ridden / 0.9
        bottom, saddle, bars = (0.0, 0.0, 0.3), (-0.18, 0.0, 0.92), (0.42, 0.0, 1.02)
        self._leg(figure, -0.1, bottom, crank + math.pi, shaded(wear.trousers, 0.8))
        for hub in (-0.52, 0.55):
            figure.wheel((hub, 0, 0.34), 0.33, 0.05, (28, 28, 30))
            figure.wheel((hub, 0, 0.34), 0.29, 0.015, (120, 120, 122))
        figure.limb([(-0.52, 0, 0.34), bottom, (0.36, 0, 0.82), (-0.16, 0, 0.8), bottom], 0.045, metal)
        figure.limb([(-0.52, 0, 0.34), (-0.16, 0, 0.8), saddle], 0.04, metal)
        figure.limb([(0.55, 0, 0.34), (0.36, 0, 0.9), bars], 0.045, metal)
        figure.limb([(-0.3, 0, 0.94), (-0.08, 0, 0.94)], 0.08, (26, 26, 28))
        self._leg(figure, 0.1, bottom, crank, wear.trousers)
        shoulder = (0.16, 0.0, 1.45)
        figure.limb([(-0.18, 0, 1.0), shoulder], 0.34, wear.coat)
        for side in (-1, 1):
            figure.limb(
                [(0.15, side * 0.17, 1.42), (0.28, side * 0.24, 1.18), (0.46, side * 0.22, 1.05)],
                0.1,
                shaded(wear.coat, 0.85),
            )
            figure.ball((0.47, side * 0.22, 1.05), 0.05, (34, 34, 38))
        figure.ball((0.25, 0, 1.63), 0.112, shaded(wear.hat, 0.8) if figure.seen_from_behind else SKIN)
        figure.ball((0.22, 0, 1.69), 0.115, wear.hat)
        if figure.seen_from_behind:
            figure.ball((-0.3, 0, 0.8), 0.045, (40, 36, 220))
        else:
            figure.ball((0.45, 0, 0.92), 0.05, (214, 236, 246))
        figure.draw(image, view, self.opacity)

    def _leg(self, figure: Figure, side: float, bottom: Point, turn: float, colour: Colour) -> None:
        """Thigh and shin by the law of cosines, with the foot on the pedal."""
        hip = (-0.18, side, 0.96)
        foot = (bottom[0] + 0.17 * math.cos(-turn), side, bottom[2] + 0.17 * math.sin(-turn))
        ahead, up = foot[0] - hip[0], foot[2] - hip[2]
        reach = min(math.hypot(ahead, up), 0.905)
        lift = math.acos(min((THIGH**2 + reach**2 - SHIN**2) / (2 * THIGH * reach), 1.0))
        angle = math.atan2(up, ahead) + lift
        knee = (hip[0] + THIGH * math.cos(angle), side, hip[2] + THIGH * math.sin(angle))
        figure.limb([hip, knee, foot], 0.13, colour)
        figure.limb([foot, (foot[0] + 0.15, side, foot[2] + 0.02)], 0.08, BOOTS)
