"""Flakes as points that drift, flutter and come back: the motion that particle styles share."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from streamdesnow.snowfall.weather import Weather

__all__ = ["Flakes", "Wind"]

Floats = NDArray[np.float32]


class Wind:
    """Gusts: an Ornstein-Uhlenbeck walk of the horizontal speed around its mean."""

    def __init__(self, weather: Weather, fps: float, rng: np.random.Generator) -> None:
        self._mean, self._spread, self._rng = weather.wind, weather.gust, rng
        self._decay = float(np.exp(-1 / (1.5 * fps)))
        self.speed = self._mean + self._spread * float(rng.normal())

    def next(self) -> float:
        """Speed in the coming frame, as a share of the fall speed."""
        kick = self._spread * np.sqrt(1 - self._decay**2) * self._rng.normal()
        self.speed = self._mean + self._decay * (self.speed - self._mean) + float(kick)
        return self.speed


class Flakes:
    """A stationary cloud of flakes in a frame and a margin around it.

    Depth gives size and speed together: a flake at half the distance is twice as large and twice as
    fast, so streak length over size is the same at every depth. Flakes that leave come in again on
    the other side, elsewhere.

    Attributes:
        x, y: float32 (n,), middle of the flake in pixels at mid exposure.
        diameter: float32 (n,), pixels.
        dx, dy: float32 (n,), motion in the last frame interval in pixels.
    """

    def __init__(
        self,
        diameter: Floats,
        weather: Weather,
        size: tuple[int, int],
        fps: float,
        rng: np.random.Generator,
    ) -> None:
        n = len(diameter)
        self.diameter = diameter
        self._rng, self._weather = rng, weather
        self._margin = float(np.minimum(diameter.max(initial=1.0) * 2, 64)) + 2
        self._width, self._height = size[0] + 2 * self._margin, size[1] + 2 * self._margin
        self.x = rng.uniform(0, self._width, n).astype(np.float32) - np.float32(self._margin)
        self.y = rng.uniform(0, self._height, n).astype(np.float32) - np.float32(self._margin)
        self._fall = (diameter * weather.fall * 25 / fps * rng.normal(1, 0.15, n).clip(0.5, 1.5)).astype(
            np.float32
        )
        self._phase = rng.uniform(0, 2 * np.pi, n).astype(np.float32)
        self._turn = (2 * np.pi * rng.uniform(0.5, 2.5, n) / fps).astype(np.float32)
        self._flutter = (self._fall * rng.uniform(0, weather.flutter, n)).astype(np.float32)
        self._wind = Wind(weather, fps, rng)
        self.dx = np.zeros(n, np.float32)
        self.dy = self._fall.copy()
        self.step()

    def step(self) -> None:
        """Move every flake by one frame interval."""
        self._phase += self._turn
        self.dx = self._fall * np.float32(self._wind.next()) + self._flutter * np.sin(self._phase)
        self.dy = self._fall + 0.3 * self._flutter * np.cos(self._phase)
        self.x += self.dx
        self.y += self.dy
        self._wrap()

    def _wrap(self) -> None:
        m, rng = self._margin, self._rng
        below = self.y > self._height - m
        self.y[below] -= self._height
        self.x[below] = rng.uniform(-m, self._width - m, int(below.sum()))
        above = self.y < -m
        self.y[above] += self._height
        left, right = self.x < -m, self.x > self._width - m
        self.x[left] += self._width
        self.x[right] -= self._width
        beside = left | right
        self.y[beside] = rng.uniform(-m, self._height - m, int(beside.sum()))
