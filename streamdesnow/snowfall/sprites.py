"""Style `sprites`: a few sheets of drawn, tumbling flake outlines, one behind the other."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from streamdesnow.snowfall.flakes import Flakes
from streamdesnow.snowfall.layer import Layer
from streamdesnow.snowfall.light import flake_colour
from streamdesnow.snowfall.weather import Weather

__all__ = ["Sprites"]

_SHIFT = 4  # sub-pixel bits of OpenCV's drawing functions
# Sheets from far to near: size against the middle one, share of the coverage, opacity, blur in flake sizes.
_SHEETS = ((0.6, 0.45, 0.7, 0.15), (1.0, 0.35, 1.0, 0.1), (2.6, 0.2, 0.65, 0.35))
_CORNERS = 7


class _Sheet:
    """Flakes of about one size, all outlines drawn by OpenCV into one mask."""

    def __init__(
        self,
        weather: Weather,
        diameter: float,
        share: float,
        size: tuple[int, int],
        fps: float,
        rng: np.random.Generator,
    ) -> None:
        self._shape = (size[1], size[0])
        self._stretch = weather.fall * weather.streak * fps / 25
        area = 0.7 * diameter**2 * (1 + self._stretch) + 1.5 * diameter + 1
        whole = (size[0] + 4 * diameter + 4) * (size[1] + 4 * diameter + 4)
        count = max(1, int(-np.log1p(-weather.coverage) * share * whole / area)) if weather.coverage else 0
        spread = rng.lognormal(0, 0.3, count)
        self._flakes = Flakes((diameter * spread).astype(np.float32), weather, size, fps, rng)
        angle = np.sort(rng.uniform(0, 2 * np.pi, (count, _CORNERS)), axis=1)
        reach = rng.uniform(0.35, 1.0, (count, _CORNERS)) * self._flakes.diameter[:, None] / 2
        self._outline = np.stack([reach * np.cos(angle), reach * np.sin(angle)], -1)
        self._angle = rng.uniform(0, 2 * np.pi, count)
        self._spin = rng.normal(0, 4 / fps, count)

    def draw(self) -> NDArray[np.uint8]:
        """uint8 (H, W), 255 inside a flake."""
        flakes = self._flakes
        flakes.step()
        self._angle += self._spin
        cos, sin = np.cos(self._angle)[:, None], np.sin(self._angle)[:, None]
        x = self._outline[..., 0] * cos - self._outline[..., 1] * sin
        y = self._outline[..., 0] * sin + self._outline[..., 1] * cos
        heading = np.stack([flakes.dx, flakes.dy], -1)
        heading /= np.linalg.norm(heading, axis=1, keepdims=True) + 1e-6
        # Exposure stretches the outline along the motion.
        along = (x * heading[:, :1] + y * heading[:, 1:]) * self._stretch
        corners = np.stack(
            [flakes.x[:, None] + x + along * heading[:, :1], flakes.y[:, None] + y + along * heading[:, 1:]],
            -1,
        )
        mask = np.zeros(self._shape, np.uint8)
        fixed = np.rint(corners * (1 << _SHIFT)).astype(np.int32)
        for outline in fixed:
            cv2.fillConvexPoly(mask, cv2.convexHull(outline), 255, cv2.LINE_AA, _SHIFT)
        return mask


class Sprites:
    """Three sheets: far, middle, near; each with its own size, opacity and blur; mixed as an editor mixes."""

    def __init__(self, weather: Weather, width: int, height: int, fps: float, seed: int) -> None:
        rng = np.random.default_rng([seed, 2])
        middle = max(weather.size * width * 1.2, 0.8)
        self._opacity = [weather.opacity * opacity for _, _, opacity, _ in _SHEETS]
        self._blur = [max(0.4, middle * relative * blur) for relative, _, _, blur in _SHEETS]
        self._sheets = [
            _Sheet(weather, middle * relative, share, (width, height), fps, rng)
            for relative, share, _, _ in _SHEETS
        ]
        self._colour = flake_colour(weather, width, height)

    def next(self) -> Layer:
        """The snow of the next frame."""
        clear: NDArray[np.float32] | None = None
        for sheet, opacity, blur in zip(self._sheets, self._opacity, self._blur, strict=True):
            mask = cv2.GaussianBlur(sheet.draw().astype(np.float32), (0, 0), blur)
            through = np.asarray(1 - mask * np.float32(opacity / 255), np.float32)
            clear = through if clear is None else clear * through
        assert clear is not None
        return Layer(np.clip(1 - clear, 0, 1), self._colour, linear=False)
