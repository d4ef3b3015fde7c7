"""Somebody on foot."""

from __future__ import annotations

import math
from dataclasses import dataclass

from streamdesnow.snowfall.street.figure import Figure
from streamdesnow.snowfall.street.outfit import BOOTS, SHIN, SKIN, THIGH, Outfit, ground_shadow
from streamdesnow.snowfall.street.palette import shaded
from streamdesnow.snowfall.street.sheet import Colour, Pixels
from streamdesnow.snowfall.street.view import View

__all__ = ["Walker"]

_STRIDE = 1.45
"""Metres in two steps."""


@dataclass(frozen=True, slots=True)
class Walker:
    """Somebody on foot at one moment.

    Attributes:
        outfit: what they wear.
        x, y: metres.
        heading: radians; 0 looks across the road (+x), pi/2 away from the camera.
        walked: metres so far, which tells how the legs stand; None when standing still.
        height: metres.
        opacity: below 1 they fade out, far away or in a doorway.
    """

    outfit: Outfit
    x: float
    y: float
    heading: float
    walked: float | None
    height: float = 1.74
    opacity: float = 1.0

    @property
    def place(self) -> tuple[float, float]:
        """Where they are on the ground, in metres."""
        return self.x, self.y

    def shade(self, image: Pixels, view: View) -> None:
        """Their shadow."""
        ground_shadow(image, view, self.x, self.y, 0.26, 0.34)

    def draw(self, image: Pixels, view: View) -> None:
        """The person."""
        figure = Figure(self.place, self.heading)
        phase = 0.0 if self.walked is None else 2 * math.pi * self.walked / _STRIDE
        swing = 0.0 if self.walked is None else 0.46
        size = self.height / 1.74
        hip = (0.9 + 0.02 * abs(math.cos(phase)) * (swing > 0)) * size
        shoulder = hip + 0.52 * size
        far = 1.0 if math.cos(self.heading) * 0.4 + math.sin(self.heading) * 0.9 > 0 else -1.0
        wear = self.outfit
        steps = {side: phase + (0 if side > 0 else math.pi) for side in (-1.0, 1.0)}
        for side, tone in ((far, 0.8), (-far, 1.0)):
            self._leg(figure, side, hip, swing, steps[side], shaded(wear.trousers, tone))
        self._arm(figure, far, shoulder, swing, steps[-far], shaded(wear.coat, 0.78))
        self._trunk(figure, hip, shoulder)
        self._arm(figure, -far, shoulder, swing, steps[far], shaded(wear.coat, 0.92))
        self._head(figure, shoulder)
        figure.draw(image, view, self.opacity)

    def _leg(
        self, figure: Figure, side: float, hip: float, swing: float, step: float, colour: Colour
    ) -> None:
        thigh = swing * math.sin(step)
        bend = 1.5 * swing * max(math.cos(step), 0.0) + 0.05
        knee = (THIGH * math.sin(thigh), side * 0.09, hip - THIGH * math.cos(thigh))
        lower = thigh - bend
        ankle = (knee[0] + SHIN * math.sin(lower), side * 0.09, max(knee[2] - SHIN * math.cos(lower), 0.05))
        figure.limb([(0, side * 0.08, hip), knee], 0.16, colour)
        figure.limb([knee, ankle], 0.125, colour)
        figure.limb([ankle, (ankle[0] + 0.16, side * 0.09, max(ankle[2] - 0.03, 0.03))], 0.09, BOOTS)

    def _arm(
        self, figure: Figure, side: float, shoulder: float, swing: float, step: float, colour: Colour
    ) -> None:
        angle = 0.8 * swing * math.sin(step)
        top = (0.0, side * 0.21, shoulder - 0.05)
        elbow = (0.3 * math.sin(angle), side * 0.25, top[2] - 0.3 * math.cos(angle))
        fold = angle + 0.35
        hand = (elbow[0] + 0.25 * math.sin(fold), side * 0.24, elbow[2] - 0.25 * math.cos(fold))
        figure.limb([top, elbow, hand], 0.105, colour)
        figure.ball(hand, 0.05, SKIN)
        if self.outfit.bag is not None and side > 0:
            ahead, left, up = hand
            bag = [(ahead - 0.16, left, up - 0.06), (ahead + 0.16, left, up - 0.06)]
            bag += [(ahead + 0.19, left, up - 0.4), (ahead - 0.19, left, up - 0.4)]
            figure.shape(bag, self.outfit.bag)

    def _trunk(self, figure: Figure, hip: float, shoulder: float) -> None:
        wear = self.outfit
        hem = hip - (0.34 if wear.long_coat else 0.06)
        figure.barrel((0, 0, hem), (0, 0, hip + 0.2), 0.44 if wear.long_coat else 0.36, 0.36, wear.coat)
        figure.barrel((0, 0, hip + 0.15), (0.02, 0, shoulder - 0.06), 0.36, 0.44, wear.coat)
        figure.limb([(0.02, 0.15, shoulder - 0.03), (0.02, -0.15, shoulder - 0.03)], 0.15, wear.coat)

    def _head(self, figure: Figure, shoulder: float) -> None:
        wear = self.outfit
        figure.limb([(0.02, 0, shoulder), (0.03, 0, shoulder + 0.1)], 0.11, SKIN)
        if wear.scarf is not None:
            figure.limb([(0.03, 0.05, shoulder + 0.05), (0.03, -0.05, shoulder + 0.05)], 0.13, wear.scarf)
        figure.ball((0.03, 0, shoulder + 0.19), 0.112, shaded(wear.hat, 0.8))
        if not figure.seen_from_behind:
            figure.ball((0.06, 0, shoulder + 0.175), 0.095, SKIN)
        figure.ball((0.02, 0, shoulder + 0.235), 0.105, wear.hat)
