"""Figures of limbs, drawn in perspective: people, trees, posts."""

from __future__ import annotations

import math

import numpy as np

from streamdesnow.snowfall.street.palette import FAR, shaded
from streamdesnow.snowfall.street.sheet import Colour, Fixed, Pixels, Sheet, box_around
from streamdesnow.snowfall.street.view import View, haze

__all__ = ["Figure", "Point"]

Point = tuple[float, float, float]
"""Ahead, to the left, up: metres in the figure's own axes."""

_ROUND = [(math.cos(turn), math.sin(turn)) for turn in np.linspace(0, 2 * math.pi, 25).tolist()]


class Figure:
    """Collects limbs in a person's own axes; `draw` projects them all at once and paints them in order.

    Args:
        place: x, y in the street, metres.
        heading: radians; 0 looks across the road (+x), pi/2 away from the camera.
    """

    def __init__(self, place: tuple[float, float], heading: float) -> None:
        self._place = place
        self._cos, self._sin = math.cos(heading), math.sin(heading)
        self._points: list[Point] = []
        self._parts: list[tuple[str, int, float, float, Colour]] = []

    @property
    def seen_from_behind(self) -> bool:
        """True if it walks away from the camera."""
        return self._sin > 0.2

    def limb(self, joints: list[Point], width: float, colour: Colour) -> None:
        """A bent limb with round ends, `width` metres thick."""
        self._add("limb", joints, width, 0.0, colour)

    def ball(self, centre: Point, radius: float, colour: Colour) -> None:
        """A ball, `radius` in metres."""
        self._add("ball", [centre], radius, 0.0, colour)

    def shape(self, corners: list[Point], colour: Colour) -> None:
        """A flat polygon."""
        self._add("shape", corners, 0.0, 0.0, colour)

    def wheel(self, hub: Point, radius: float, width: float, colour: Colour) -> None:
        """A rim that stands upright and rolls ahead."""
        ahead, left, up = hub
        self.limb([(ahead + radius * c, left, up + radius * s) for c, s in _ROUND], width, colour)

    def barrel(self, low: Point, high: Point, bottom: float, top: float, colour: Colour) -> None:
        """A body between two points, as wide from every side, in shade on its right."""
        self._add("barrel", [low, high], bottom, top, colour)

    def draw(self, image: Pixels, view: View, opacity: float = 1.0) -> None:
        """Paint everything that was added."""
        own = np.array(self._points, np.float32)
        x = self._place[0] + own[:, 0] * self._cos - own[:, 1] * self._sin
        y = self._place[1] + own[:, 0] * self._sin + own[:, 1] * self._cos
        flat = view.project(np.stack([x, y, own[:, 2]], axis=1))
        scale = view.scale(*self._place)
        box = box_around(flat, 0.3 * scale + 2, image)
        if box is None:
            return
        sheet = Sheet(image, box)
        placed, share, start = sheet.placed(flat), float(haze(view.focal / scale)), 0
        for kind, count, first, second, colour in self._parts:
            points = placed[start : start + count]
            start += count
            tone = _hazed(colour, share)
            if kind == "limb":
                sheet.line(points, tone, first * scale)
            elif kind == "ball":
                sheet.disc(points, first * scale, tone)
            elif kind == "shape":
                sheet.polygon(points, tone)
            else:
                bottom, top = sheet.length(first * scale / 2), sheet.length(second * scale / 2)
                sheet.polygon(_outline(points, bottom, top, -1.0), tone)
                sheet.polygon(_outline(points, bottom, top, 0.1), _hazed(shaded(colour, 0.78), share))
        sheet.settle(opacity)

    def _add(self, kind: str, points: list[Point], first: float, second: float, colour: Colour) -> None:
        self._points += points
        self._parts.append((kind, len(points), first, second, colour))


def _outline(ends: Fixed, bottom: float, top: float, left: float) -> Fixed:
    """A barrel's outline from `left` (-1: all of it) to its right edge; `bottom`, `top`: half its widths."""
    (x0, y0), (x1, y1) = ends.tolist()
    corners = [(x0 + left * bottom, y0), (x0 + bottom, y0), (x1 + top, y1), (x1 + left * top, y1)]
    return np.array(corners).astype(np.int32)


def _hazed(colour: Colour, share: float) -> Colour:
    near = 1 - share
    return (
        colour[0] * near + FAR[0] * share,
        colour[1] * near + FAR[1] * share,
        colour[2] * near + FAR[2] * share,
    )
