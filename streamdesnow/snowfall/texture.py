"""Style `texture`: thresholded noise on sheets that scroll and slowly change."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from streamdesnow.snowfall.flakes import Wind
from streamdesnow.snowfall.layer import Layer
from streamdesnow.snowfall.light import flake_colour
from streamdesnow.snowfall.weather import Weather

__all__ = ["Texture"]

Floats = NDArray[np.float32]
_SCALES = (0.7, 1.1, 2.2)
_SHARES = (0.4, 0.4, 0.2)
_LIFE = 12  # frames after which a sheet's noise has become another one


class _Sheet:
    """Blobs of one size: smooth noise above a threshold, torn by finer noise."""

    def __init__(
        self,
        blob: float,
        cover: float,
        speed: float,
        smear: float,
        size: tuple[int, int],
        rng: np.random.Generator,
    ) -> None:
        self._blob, self._speed, self._smear, self._rng = blob, speed, smear, rng
        self._width, self._height = size[0], size[1]
        self._z = float(np.clip(_upper_quantile(cover), 0.0, 3.5))
        self._old, self._new = self._noise(), self._noise()
        self._age, self._x, self._y = 0, 0.0, 0.0

    def _noise(self) -> Floats:
        white = self._rng.standard_normal((self._height, self._width), dtype=np.float32)
        smooth = np.asarray(
            cv2.GaussianBlur(white, (0, 0), self._blob * 0.5, borderType=cv2.BORDER_REFLECT_101)
        )
        noise: Floats = (smooth / smooth.std()).astype(np.float32)
        return noise

    def draw(self, wind: float) -> Floats:
        self._age += 1
        if self._age == _LIFE:
            self._old, self._new, self._age = self._new, self._noise(), 0
        self._x = (self._x + wind * self._speed) % self._width
        self._y = (self._y + self._speed) % self._height
        mix = self._age / _LIFE * np.pi / 2
        field = np.float32(np.cos(mix)) * self._old + np.float32(np.sin(mix)) * self._new
        field = np.roll(field, (round(self._y), round(self._x)), (0, 1))
        flakes: Floats = np.clip((field - self._z) * 3, 0, 1).astype(np.float32)
        length = int(self._smear * self._speed)
        if length < 2:
            return flakes
        kernel = np.zeros((2 * length + 1, 2 * length + 1), np.float32)
        tip = (length + round(wind * length / 2), length + length // 2)
        tail = (length - round(wind * length / 2), length - length // 2)
        cv2.line(kernel, tail, tip, 1.0)
        smeared: Floats = np.asarray(cv2.filter2D(flakes, -1, kernel / kernel.sum()), np.float32)
        brighter: Floats = np.minimum(smeared * np.float32(1.5), np.float32(1))
        return brighter


def _upper_quantile(share: float) -> float:
    """z with P(standard normal > z) = share (Hastings' approximation, Abramowitz & Stegun 26.2.22)."""
    t = np.sqrt(-2 * np.log(max(share, 1e-6)))
    return float(t - (2.30753 + 0.27061 * t) / (1 + 0.99229 * t + 0.04481 * t * t))


class Texture:
    """Three scrolling sheets; no flake exists as such, so nothing is round or regular."""

    def __init__(self, weather: Weather, width: int, height: int, fps: float, seed: int) -> None:
        rng = np.random.default_rng([seed, 3])
        middle = max(weather.size * width, 0.9)
        self._opacity = np.float32(weather.opacity)
        self._wind = Wind(weather, fps, rng)
        self._sheets = [
            _Sheet(
                max(middle * scale, 0.8),
                1.0 * weather.coverage * share / (1 + weather.fall * weather.streak / 2),
                middle * scale * weather.fall * 25 / fps,
                weather.streak * fps / 25,
                (width, height),
                rng,
            )
            for scale, share in zip(_SCALES, _SHARES, strict=True)
        ]
        self._none = weather.coverage == 0
        self._colour = flake_colour(weather, width, height)

    def next(self) -> Layer:
        """The snow of the next frame."""
        wind = self._wind.next()
        clear = np.ones((), np.float32)
        for sheet in self._sheets:
            clear = clear * (1 - self._opacity * sheet.draw(wind))
        alpha = np.asarray(1 - clear, np.float32)
        return Layer(np.zeros_like(alpha) if self._none else alpha, self._colour)
