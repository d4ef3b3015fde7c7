"""Style `particles`: a 3-D field of clumpy flakes, smeared by exposure and blurred by defocus."""

from __future__ import annotations

import functools

import cv2
import numpy as np
from numpy.typing import NDArray

from streamdesnow.snowfall.flakes import Flakes
from streamdesnow.snowfall.layer import Layer
from streamdesnow.snowfall.light import flake_colour
from streamdesnow.snowfall.weather import Weather

__all__ = ["Particles"]

Floats = NDArray[np.float32]

_RADII = np.array([0.45, 0.75, 1.2, 1.9, 3.0, 4.8, 7.6, 12.0], np.float32)
_PARTS = 3  # discs that make up a clump
_DENSE = 1.7  # optical depth of the middle of a sharp flake


@functools.cache
def _disc(radius: float) -> Floats:
    """A disc of that radius with a soft rim, sum 1."""
    half = int(np.ceil(radius + 1))
    axis = np.arange(-half, half + 1, dtype=np.float32)
    distance = np.hypot(axis[:, None], axis[None, :])
    disc = np.clip(radius + 0.5 - distance, 0, 1)
    kernel: Floats = (disc / disc.sum()).astype(np.float32)
    return kernel


class Particles:
    """Flakes uniform in the volume in front of the lens: many small far ones, few large near ones.

    Each flake is a tumbling clump of discs, splatted at sub-pixel positions along its streak into one
    map a size class, and the maps are convolved with a disc of that size.
    """

    def __init__(self, weather: Weather, width: int, height: int, fps: float, seed: int) -> None:
        rng = np.random.default_rng([seed, 1])
        self._weather, self._shape = weather, (height, width)
        self._streak = weather.streak * fps / 25
        middle = weather.size * width
        # Uniform density in a frustum and size ~ 1 / depth give a power law p(d) ~ d^-4, softened by the
        # spread of true flake sizes; cut where flakes fall below a third of a pixel and only add a veil.
        smallest, largest = max(0.5 * middle, 0.35), 9 * middle
        pool = smallest * rng.uniform(1e-4, 1, 4096).astype(np.float32) ** np.float32(-1 / 2.1)
        pool = np.minimum(pool, largest)
        area = float(np.mean(self._footprint(pool)))
        margin = min(float(pool.max()) * 2, 64.0) + 2
        whole = (width + 2 * margin) * (height + 2 * margin)
        count = int(np.ceil(-np.log1p(-min(weather.coverage, 0.95)) * whole / area))
        diameter = rng.choice(pool, count)
        self._flakes = Flakes(diameter, weather, (width, height), fps, rng)
        focus = middle * np.exp(rng.normal(0, 0.7))
        blur = rng.uniform(0, 0.5) * np.abs(diameter - focus) * (diameter > focus)
        parts = diameter[:, None] * np.array([0.5, 0.36, 0.3], np.float32) * 0.8
        self._radius = np.hypot(parts, blur[:, None] / 2).astype(np.float32)
        self._mass = (np.pi * parts**2 * weather.opacity * _DENSE * rng.uniform(0.5, 1.2, (count, 1))).astype(
            np.float32
        )
        self._offset = (diameter[:, None] * np.array([0.0, 0.42, 0.5], np.float32)).astype(np.float32)
        self._angle = rng.uniform(0, 2 * np.pi, (count, _PARTS)).astype(np.float32)
        self._spin = rng.normal(0, 6 / fps, (count, 1)).astype(np.float32)
        self._class = np.abs(np.log(self._radius[..., None] / _RADII)).argmin(-1)
        self._colour = flake_colour(weather, width, height)

    def _footprint(self, diameter: Floats) -> Floats:
        """Pixels that a flake covers above alpha = 0.1, streak included."""
        drawn = np.maximum(diameter, 0.9)
        length = diameter * self._weather.fall * np.hypot(1, self._weather.wind) * self._streak
        footprint: Floats = drawn * (0.9 * drawn + 0.85 * length)
        return footprint

    def next(self) -> Layer:
        """The snow of the next frame."""
        flakes = self._flakes
        flakes.step()
        self._angle += self._spin
        depth = np.zeros(self._shape, np.float32)
        points = self._points()
        for number, radius in enumerate(_RADII):
            here = points["size"] == number
            if here.any():
                depth += self._splat(
                    points["x"][here], points["y"][here], points["mass"][here], float(radius)
                )
        return Layer(1 - np.exp(-depth), self._colour)

    def _points(self) -> dict[str, Floats]:
        """Where light is blocked: each disc of each flake, in steps of less than its radius."""
        flakes = self._flakes
        smear = np.hypot(flakes.dx, flakes.dy) * self._streak
        steps = np.clip(np.ceil(smear / np.maximum(flakes.diameter * 0.2, 0.5)), 1, 32).astype(np.intp)
        which = np.repeat(np.arange(len(steps)), steps)
        place = np.arange(len(which)) - np.repeat(np.cumsum(steps) - steps, steps)
        along = ((place + 0.5) / steps[which] - 0.5).astype(np.float32) * np.float32(self._streak)
        x = flakes.x[which] + flakes.dx[which] * along
        y = flakes.y[which] + flakes.dy[which] * along
        offset, angle = self._offset[which], self._angle[which]
        return {
            "x": (x[:, None] + offset * np.cos(angle)).ravel(),
            "y": (y[:, None] + offset * np.sin(angle)).ravel(),
            "mass": (self._mass[which] / steps[which, None].astype(np.float32)).ravel(),
            "size": self._class[which].ravel(),
        }

    def _splat(self, x: Floats, y: Floats, mass: Floats, radius: float) -> Floats:
        """Optical depth of discs of one size; large ones are drawn at a lower resolution."""
        height, width = self._shape
        scale = 4 if radius > 6 else 2 if radius > 2.5 else 1
        kernel = _disc(radius / scale)
        pad = kernel.shape[0] // 2 + 1
        rows, columns = -(-height // scale) + 2 * pad, -(-width // scale) + 2 * pad
        x, y = (x + 0.5) / scale - 0.5 + pad, (y + 0.5) / scale - 0.5 + pad
        inside = (x >= 0) & (y >= 0) & (x < columns - 1) & (y < rows - 1)
        x, y, mass = x[inside], y[inside], mass[inside] / scale**2
        left, top = x.astype(np.intp), y.astype(np.intp)
        fx, fy = x - left, y - top
        corner = top * columns + left
        index = np.concatenate([corner, corner + 1, corner + columns, corner + columns + 1])
        weight = np.concatenate([(1 - fx) * (1 - fy), fx * (1 - fy), (1 - fx) * fy, fx * fy]) * np.tile(
            mass, 4
        )
        impulses = np.bincount(index, weight, rows * columns).astype(np.float32).reshape(rows, columns)
        smooth = cv2.filter2D(impulses, -1, kernel, borderType=cv2.BORDER_CONSTANT)[pad:-pad, pad:-pad]
        if scale > 1:
            whole = (smooth.shape[1] * scale, smooth.shape[0] * scale)
            smooth = cv2.resize(smooth, whole, interpolation=cv2.INTER_LINEAR)
        return np.asarray(smooth, np.float32)[:height, :width]
