"""Cars: drawn in perspective, with shadow and lamps."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from streamdesnow.snowfall.street.car_body import CarBody
from streamdesnow.snowfall.street.car_paint import in_street, paint_car
from streamdesnow.snowfall.street.light import add_glow, cast_shadow
from streamdesnow.snowfall.street.palette import haze_over
from streamdesnow.snowfall.street.sheet import Colour, Pixels, Sheet, box_around
from streamdesnow.snowfall.street.view import View

__all__ = ["Car"]


@dataclass(frozen=True, slots=True, eq=False)
class Car:
    """A car at one moment.

    Attributes:
        body: its shape.
        colour: of the paint.
        x, y: metres, its middle.
        ahead: +1 driving away from the camera, -1 towards it.
        lamps: headlights and tail lights are on.
        braking: tail lights bright.
        snowed: it stood for a while, with snow on roof and bonnet.
        opacity: below 1 it fades out, far away.
    """

    body: CarBody
    colour: Colour
    x: float
    y: float
    ahead: int
    lamps: bool = True
    braking: bool = False
    snowed: bool = False
    opacity: float = 1.0

    @property
    def place(self) -> tuple[float, float]:
        """Where it stands on the ground, in metres."""
        return self.x, self.y

    def shade(self, image: Pixels, view: View) -> None:
        """Its shadow, and the light of its lamps on the road."""
        scale = view.scale(self.x, self.y)
        wide, long = self.body.width / 2, self.body.length / 2
        for grow, shift, strength in ((0.35, 0.3, 0.42 * self.opacity), (0.02, 0.05, 0.5 * self.opacity)):
            corners = [(-long, -wide - grow), (long, -wide - grow), (long, wide + grow), (-long, wide + grow)]
            points = np.array([(self.x + a + shift, self.y + b, 0.0) for b, a in corners], np.float32)
            cast_shadow(image, [view.project(points)], (0.1 + grow * 0.4) * scale * 0.5, strength)
        if self.lamps and self.opacity == 1:
            reach = self.y + self.ahead * (long + 3.0)
            pool = view.project(np.array([self.x, reach, 0.0], np.float32))
            add_glow(image, pool, 2.6 * scale, (40, 52, 58), 0.35)

    def draw(self, image: Pixels, view: View) -> None:
        """The car itself."""
        place = np.array([self.x, self.y, 0], np.float32)
        world = in_street(self.body.points, self.ahead) + place
        flat = view.project(world)
        box = box_around(flat, 2, image)
        if box is None:
            return
        coat = paint_car(self.body, self.colour, self.ahead, self.lamps, self.braking, self.snowed)
        facing = np.einsum("ij,ij->i", coat.normals, view.towards_camera(world[self.body.firsts])) > 0
        tones = haze_over(coat.tones, view.depth(place)).tolist()
        sheet = Sheet(image, box)
        placed, start = sheet.placed(flat), 0
        for end, tone, seen in zip(self.body.ends, tones, facing.tolist(), strict=True):
            if seen:
                sheet.polygon(placed[start:end], tone)
            start = end
        sheet.settle(self.opacity)
        if self.lamps and self.opacity == 1:
            self._shine(image, view)

    def _shine(self, image: Pixels, view: View) -> None:
        scale = view.scale(self.x, self.y)
        front = self.ahead < 0
        if not front and not self.braking:
            return
        along = self.body.length / 2 * (1 if front else -1)
        for side in (-1, 1):
            lamp = in_street(
                np.array([along, side * (self.body.width / 2 - 0.24), 0.66], np.float32), self.ahead
            )
            centre = view.project(lamp + np.array([self.x, self.y, 0], np.float32))
            if front:
                add_glow(image, centre, 0.75 * scale, (90, 108, 116))
                add_glow(image, centre, 0.26 * scale, (160, 160, 160))
            else:
                add_glow(image, centre, 0.5 * scale, (20, 20, 110))
