"""Movement: a drive that may halt and go on, and a way to walk."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

__all__ = ["Drive", "Path"]

_BRAKE, _ACCELERATE = 2.4, 1.9


@dataclass(frozen=True, slots=True)
class Drive:
    """A car's way past a point on the road.

    Attributes:
        time: seconds when it passes the point, or comes to a halt there.
        speed: metres a second while nothing holds it up.
        until: seconds when it starts again; None if it does not stop.
    """

    time: float
    speed: float
    until: float | None = None

    def at(self, seconds: float) -> tuple[float, bool]:
        """Metres past the point (negative before it), and whether the brake lights are on."""
        if self.until is None:
            return self.speed * (seconds - self.time), False
        if seconds < self.time:
            left = self.time - seconds
            braking = self.speed / _BRAKE
            if left < braking:
                return -0.5 * _BRAKE * left**2, True
            return -(self.speed * left - 0.5 * self.speed * braking), False
        if seconds < self.until:
            return 0.0, True
        gone = seconds - self.until
        ramp = self.speed / _ACCELERATE
        if gone < ramp:
            return 0.5 * _ACCELERATE * gone**2, False
        return 0.5 * self.speed * ramp + self.speed * (gone - ramp), False


class Path:
    """A way through points on the ground, with rounded corners."""

    def __init__(self, corners: tuple[tuple[float, float], ...]) -> None:
        line = np.array(corners, np.float64)
        for _ in range(3):
            near, far = 0.75 * line[:-1] + 0.25 * line[1:], 0.25 * line[:-1] + 0.75 * line[1:]
            inner = np.stack([near, far], axis=1).reshape(-1, 2)
            line = np.concatenate([line[:1], inner, line[-1:]])
        self._line = line
        steps = np.hypot(*np.diff(line, axis=0).T)
        self._reached = np.concatenate([[0.0], np.cumsum(steps)])

    @property
    def length(self) -> float:
        """Metres."""
        return float(self._reached[-1])

    def at(self, walked: float) -> tuple[float, float, float]:
        """x, y in metres and heading in radians after `walked` metres."""
        x, y = (float(np.interp(walked, self._reached, self._line[:, axis])) for axis in (0, 1))
        segment = int(np.clip(np.searchsorted(self._reached, walked) - 1, 0, len(self._line) - 2))
        dx, dy = self._line[segment + 1] - self._line[segment]
        return x, y, math.atan2(float(dy), float(dx))

    def reach(self, x: float, from_left: bool) -> float:
        """Metres walked when the path first passes this x, coming from the left or from the right."""
        across = self._line[:, 0] if from_left else -self._line[:, 0]
        first = int(np.argmax(across >= (x if from_left else -x)))
        return float(self._reached[first])
