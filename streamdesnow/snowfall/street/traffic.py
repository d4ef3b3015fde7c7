"""Who is where in the street at a given time: a timetable that repeats, with other people and cars."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from streamdesnow.snowfall.street.car_body import car_body
from streamdesnow.snowfall.street.car_plans import Kind
from streamdesnow.snowfall.street.cars import Car
from streamdesnow.snowfall.street.cyclist import Cyclist
from streamdesnow.snowfall.street.layout import CROSSING, LANE_AWAY, LANE_TOWARDS
from streamdesnow.snowfall.street.outfit import Outfit
from streamdesnow.snowfall.street.paths import Drive, Path
from streamdesnow.snowfall.street.sheet import Colour
from streamdesnow.snowfall.street.walker import Walker

__all__ = ["Actor", "Traffic"]

Actor = Car | Walker | Cyclist

_CYCLE = 16.0
_OVER = (CROSSING[0] + CROSSING[1]) / 2
_STOP = CROSSING[1] + 1.6 + 2.6
_THERE = ((-6.2, 6.0), (-6.1, 20.0), (-5.2, _OVER - 0.5), (6.4, _OVER - 0.5), (7.6, 27.5), (9.1, 28.2))
_BACK = ((9.1, 37.0), (7.6, 36.0), (7.2, 27.0), (6.2, _OVER + 0.6), (-5.0, _OVER + 0.6), (-6.6, 6.0))
_NEAR, _FAR, _FADE = 3.0, 165.0, 35.0
_PAINTS: tuple[Colour, ...] = (
    (44, 40, 160),
    (216, 214, 210),
    (32, 31, 30),
    (142, 84, 36),
    (128, 126, 122),
    (62, 104, 58),
    (58, 120, 176),
    (86, 74, 66),
)
_KINDS: tuple[Kind, ...] = ("saloon", "hatchback", "saloon", "van", "hatchback")
_OUTFITS = (
    Outfit((40, 36, 34), (52, 46, 42), (30, 30, 34), (60, 60, 190), long_coat=True),
    Outfit((56, 62, 158), (112, 82, 52), (196, 196, 198)),
    Outfit((206, 212, 214), (62, 58, 54), (92, 50, 120), bag=(40, 90, 150)),
    Outfit((122, 92, 42), (48, 44, 44), (40, 60, 92)),
    Outfit((66, 92, 70), (70, 76, 84), (40, 44, 48), (150, 160, 170)),
    Outfit((50, 128, 196), (42, 40, 40), (60, 50, 44), bag=(30, 30, 34)),
    Outfit((120, 118, 120), (36, 34, 34), (34, 30, 90), long_coat=True),
)


@dataclass(frozen=True, slots=True)
class _Run:
    """A car in the timetable: when it passes (or halts at) the crossing, in seconds of the cycle."""

    lane: float
    ahead: int
    time: float
    speed: float
    until: float | None = None


_RUNS = (
    _Run(LANE_TOWARDS, -1, 3.4, 10.5, until=9.2),
    _Run(LANE_AWAY, 1, 1.3, 9.0),
    _Run(LANE_TOWARDS, -1, 14.0, 11.0),
    _Run(LANE_AWAY, 1, 10.7, 11.0),
    _Run(LANE_AWAY, 1, 13.7, 8.2),
)


class Traffic:
    """Cars, people and cyclists of an endless afternoon; the same seed gives the same afternoon."""

    def __init__(self, seed: int) -> None:
        rng = np.random.default_rng([seed, 77])
        self._bodies = {kind: car_body(kind) for kind in _KINDS}
        self._shift = int(rng.integers(1000))
        self._hurry = rng.uniform(0.93, 1.07, 32).tolist()
        self._starts = rng.uniform(0, 1, 16).tolist()
        there, back = Path(_THERE), Path(_BACK)
        self._crossings = (
            (there, 1.42, there.reach(-4.0, from_left=True)),
            (back, 1.35, back.reach(3.8, from_left=False)),
        )

    def at(self, seconds: float) -> list[Actor]:
        """Everybody who can be seen at this time."""
        return [
            *self._cars(seconds),
            *self._walkers(seconds),
            *self._crossers(seconds),
            *self._cyclists(seconds),
        ]

    def _cars(self, seconds: float) -> Iterator[Car]:
        for number, time in _cycles(seconds):
            for slot, run in enumerate(_RUNS):
                count = number * len(_RUNS) + slot
                speed = run.speed * self._vary(number) if run.until is None else run.speed
                drive = Drive(run.time, speed, run.until)
                travelled, braking = drive.at(time)
                goal = _OVER if run.until is None else _STOP
                y = goal + run.ahead * travelled
                if _NEAR < y < _FAR:
                    paint = _PAINTS[(self._shift + 3 * count) % len(_PAINTS)]
                    body = self._bodies[_KINDS[(self._shift + count) % len(_KINDS)]]
                    yield Car(body, paint, run.lane, y, run.ahead, braking=braking, opacity=_fade_far(y))

    def _walkers(self, seconds: float) -> Iterator[Walker]:
        """People who walk along the pavements, and come again once they are out of sight."""
        for number, (x, ahead) in enumerate(
            ((7.9, 1), (7.1, -1), (8.1, -1), (-6.3, -1), (-7.0, 1), (-5.9, -1))
        ):
            speed, length = 1.32 * self._vary(number + 5), 95.0
            walked = speed * seconds + self._starts[number] * length
            lap, along = divmod(walked, length)
            y = 8.0 + (along if ahead > 0 else length - along)
            outfit = _OUTFITS[(self._shift + 3 * number + int(lap)) % len(_OUTFITS)]
            heading = math.copysign(math.pi / 2, ahead)
            height = 1.58 + 0.3 * self._starts[number + 6]
            yield Walker(outfit, x, y, heading, walked, height, min((103 - y) / 20, 1.0))

    def _crossers(self, seconds: float) -> Iterator[Walker]:
        """Two people a cycle who cross the road while a car waits, then go in at a door."""
        for number, time in _cycles(seconds):
            for turn, (path, speed, kerb) in enumerate(self._crossings):
                # Both step onto the road 2.7 s into the cycle.
                walked = kerb + speed * (time - 2.7)
                if not 0 < walked < path.length:
                    continue
                x, y, heading = path.at(walked)
                outfit = _OUTFITS[(self._shift + 2 * number + 4 * turn) % len(_OUTFITS)]
                fade = min((path.length - walked) / 0.7, 1.0) * min(walked / 0.7, 1.0)
                yield Walker(outfit, x, y, heading, walked, 1.66 + 0.12 * turn, fade)

    def _cyclists(self, seconds: float) -> Iterator[Cyclist]:
        for x, ahead, passing, speed in ((3.2, 1, 11.6, 4.6), (-3.15, -1, 1.0, 5.0)):
            for number, time in _cycles(seconds):
                ridden = speed * (time - passing)
                y = _OVER + ahead * ridden
                if 5.0 < y < 105:
                    outfit = _OUTFITS[(self._shift + 5 * number + ahead) % len(_OUTFITS)]
                    heading = math.copysign(math.pi / 2, ahead)
                    yield Cyclist(outfit, x, y, heading, ridden, min((105 - y) / 20, 1.0))

    def _vary(self, number: int) -> float:
        return float(self._hurry[number % len(self._hurry)])


def _cycles(seconds: float) -> Iterator[tuple[int, float]]:
    """Numbers of the cycles whose cars and people may be about, and the time since each began."""
    now = math.floor(seconds / _CYCLE)
    for number in range(now - 2, now + 3):
        yield number, seconds - number * _CYCLE


def _fade_far(y: float) -> float:
    return min((_FAR - y) / _FADE, 1.0)
