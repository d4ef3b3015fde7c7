"""A flat wall to paint on, measured in metres, before it is put into perspective."""

from __future__ import annotations

import cv2
import numpy as np

from streamdesnow.snowfall.street.palette import shaded
from streamdesnow.snowfall.street.sheet import Colour, Pixels
from streamdesnow.snowfall.street.texture import grain

__all__ = ["Wall"]

_SHIFT = 4
_COURSE, _BRICK = 0.16, 0.5
"""Height and length of a brick in metres."""


class Wall:
    """A wall `width` x `height` metres; positions are metres from the left and above the ground.

    Attributes:
        pixels: uint8 BGR, top row first.
    """

    def __init__(self, width: float, height: float, resolution: float) -> None:
        self.width, self.height, self._resolution = width, height, resolution
        shape = (max(4, round(height * resolution)), max(4, round(width * resolution)), 3)
        self.pixels: Pixels = np.zeros(shape, np.uint8)

    def plaster(self, colour: Colour, rng: np.random.Generator) -> None:
        """Cover all of it, with stains and grain."""
        height, width = self.pixels.shape[:2]
        stains = grain(rng, height, width, 1.6 * self._resolution) * 2.2
        stains += grain(rng, height, width, 0.35 * self._resolution) * 1.5
        stains += grain(rng, height, width, 1.0) * 2.0
        low = np.linspace(5, -7, height, dtype=np.float32)[:, None]
        painted = np.array(colour, np.float32) + (stains + low)[..., None]
        self.pixels[...] = np.clip(painted, 0, 255).astype(np.uint8)

    def bricks(self, colour: Colour, rng: np.random.Generator) -> None:
        """Cover all of it with courses of bricks."""
        self.plaster(shaded(colour, 0.98), rng)
        if _COURSE * self._resolution < 2.5:
            return  # too far away to be told apart
        height, width = self.pixels.shape[:2]
        up = (height - np.arange(height, dtype=np.float32)[:, None]) / self._resolution
        row = np.floor(up / _COURSE).astype(int)
        across = np.arange(width, dtype=np.float32)[None] / self._resolution + _BRICK / 2 * (row % 2)
        number = np.floor(across / _BRICK).astype(int)
        tones = rng.uniform(0.86, 1.12, (row.max() + 1, number.max() + 1)).astype(np.float32)
        mortar = (np.mod(up, _COURSE) < 0.02) | (np.mod(across, _BRICK) < 0.02)
        bricks = tones[row, number][..., None] * np.array(colour, np.float32)
        cover = np.where(mortar, 0.0, 0.55).astype(np.float32)[..., None]
        mixed = self.pixels * (1 - cover) + bricks * cover
        self.pixels[...] = np.clip(mixed, 0, 255).astype(np.uint8)

    def box(
        self, left: float, low: float, right: float, high: float, colour: Colour, cover: float = 1.0
    ) -> None:
        """Fill a rectangle; `cover` below 1 lets the wall show through."""
        top_left, bottom_right = self._fixed(left, high), self._fixed(right, low)
        if cover >= 1:
            cv2.rectangle(self.pixels, top_left, bottom_right, colour, -1, cv2.LINE_AA, _SHIFT)
            return
        part = self._part(left, low, right, high)
        part[...] = np.clip(part * (1 - cover) + np.array(colour) * cover, 0, 255).astype(np.uint8)

    def fade(self, left: float, low: float, right: float, high: float, bottom: Colour, top: Colour) -> None:
        """Fill a rectangle with a vertical gradient."""
        part = self._part(left, low, right, high)
        share = np.linspace(1, 0, part.shape[0])[:, None, None]
        part[...] = (np.array(top) * share + np.array(bottom) * (1 - share)).astype(np.uint8)

    def outline(self, points: list[tuple[float, float]], colour: Colour) -> None:
        """Fill a polygon."""
        fixed = np.array([self._fixed(across, up) for across, up in points], np.int32)
        cv2.fillPoly(self.pixels, [fixed], colour, cv2.LINE_AA, _SHIFT)

    def text(self, words: str, left: float, low: float, right: float, high: float, colour: Colour) -> None:
        """Write `words` as large as they fit into a rectangle, in its middle."""
        font, thickness = cv2.FONT_HERSHEY_DUPLEX, max(1, round(0.075 * (high - low) * self._resolution))
        (wide, tall), _ = cv2.getTextSize(words, font, 1.0, 1)
        size = min((right - left) * self._resolution / wide, (high - low) * self._resolution / tall)
        x = ((left + right) * self._resolution - wide * size) / 2
        y = (self.height - (low + high) / 2) * self._resolution + tall * size / 2
        cv2.putText(self.pixels, words, (round(x), round(y)), font, size, colour, thickness, cv2.LINE_AA)

    def _part(self, left: float, low: float, right: float, high: float) -> Pixels:
        top, bottom = self._row(high), self._row(low)
        return self.pixels[top : max(bottom, top + 1), self._column(left) : max(self._column(right), 1)]

    def _column(self, across: float) -> int:
        return int(min(max(round(across * self._resolution), 0), self.pixels.shape[1]))

    def _row(self, up: float) -> int:
        return int(min(max(round((self.height - up) * self._resolution), 0), self.pixels.shape[0]))

    def _fixed(self, across: float, up: float) -> tuple[int, int]:
        unit = self._resolution * (1 << _SHIFT)
        return round(across * unit), round((self.height - up) * unit)
