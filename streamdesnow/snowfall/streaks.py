"""Style `streaks`: short smooth lines and out-of-focus discs. Never trained on: it measures transfer."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from streamdesnow.snowfall.layer import Layer
from streamdesnow.snowfall.light import flake_colour
from streamdesnow.snowfall.weather import Weather

__all__ = ["Streaks"]

_SHIFT = 4

Places = NDArray[np.float64]


class Streaks:
    """Every flake falls on its own straight line and is drawn as a thick line; a few are large pale discs."""

    def __init__(self, weather: Weather, width: int, height: int, fps: float, seed: int) -> None:
        rng = np.random.default_rng([seed, 4])
        self._rng, self._weather, self._size = rng, weather, (width, height)
        self._colour = flake_colour(weather, width, height)
        middle = max(weather.size * width, 1.0)
        length = middle * (1 + weather.fall * weather.streak * fps / 25)
        area = (middle + 1) * (length + 1)
        share = -np.log1p(-weather.coverage) if weather.coverage else 0.0
        count = int(share * 0.55 * (width + 40) * (height + 40) / area)
        self._scale = rng.gamma(4, 0.25, count)
        self._place = rng.uniform([-20, -20], [width + 20, height + 20], (count, 2))
        self._slant = np.arctan(weather.wind) + rng.normal(0, 0.08 + 0.2 * weather.gust, count)
        self._speed = middle * weather.fall * 25 / fps * self._scale * rng.uniform(0.8, 1.2, count)
        self._length = (length - middle) * self._scale
        self._thickness = np.clip(np.rint(middle * self._scale), 1, 12).astype(int)
        self._bright = rng.uniform(120, 255, count)
        discs = int(share * 0.12 * (width + 40) * (height + 40) / (np.pi * (2.5 * middle) ** 2))
        self._discs = rng.uniform([-20, -20], [width + 20, height + 20], (discs, 2))
        self._radius = 2.5 * middle * rng.uniform(0.6, 1.4, discs)
        self._fall = self._radius * weather.fall * 25 / fps

    def next(self) -> Layer:
        """The snow of the next frame."""
        width, height = self._size
        heading = np.stack([np.sin(self._slant), np.cos(self._slant)], -1)
        self._place = _around(self._place + heading * self._speed[:, None], width, height)
        drift = np.stack([np.full(len(self._discs), self._weather.wind), np.ones(len(self._discs))], -1)
        self._discs = _around(self._discs + drift * self._fall[:, None], width, height)
        mask = np.zeros((height, width), np.uint8)
        ends = np.rint((self._place + heading * self._length[:, None]) * (1 << _SHIFT)).astype(int)
        starts = np.rint(self._place * (1 << _SHIFT)).astype(int)
        for start, end, thick, bright in zip(starts, ends, self._thickness, self._bright, strict=True):
            cv2.line(mask, tuple(start), tuple(end), int(bright), int(thick), cv2.LINE_AA, _SHIFT)
        pale = np.zeros((height, width), np.uint8)
        for (x, y), radius in zip(self._discs, self._radius, strict=True):
            centre = (round(x * (1 << _SHIFT)), round(y * (1 << _SHIFT)))
            cv2.circle(pale, centre, round(radius * (1 << _SHIFT)), 90, -1, cv2.LINE_AA, _SHIFT)
        sharp = np.asarray(cv2.GaussianBlur(mask.astype(np.float32), (0, 0), 0.6), np.float32)
        soft = np.asarray(cv2.GaussianBlur(pale.astype(np.float32), (0, 0), 1.5), np.float32)
        alpha = 1 - (1 - sharp / 255) * (1 - soft / 255)
        return Layer((alpha * np.float32(self._weather.opacity)).astype(np.float32), self._colour)


def _around(place: Places, width: int, height: int) -> Places:
    """Flakes that leave on one side of the frame and its margin of 20 pixels come in on the other."""
    wrapped: Places = (place + 20) % np.array([width + 40, height + 40]) - 20
    return wrapped
