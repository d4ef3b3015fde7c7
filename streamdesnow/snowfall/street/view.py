"""Where things in the street end up in the picture."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["SIDEWAYS", "Floats", "View", "haze"]

Floats = NDArray[np.float32]

_POSITION = (-7.0, 0.0, 6.0)
_SIN, _COS = math.sin(math.radians(22.0)), math.cos(math.radians(22.0))
_NEAREST = 0.5

SIDEWAYS = -math.radians(22.0)
"""Heading, in radians from +x, of what goes to the right in the plane of the picture."""
_HORIZON = 0.28
_FOCAL = 0.95
_HAZE_DISTANCE = 190.0


@dataclass(frozen=True, slots=True)
class View:
    """A fixed camera, six metres up on a wall, that looks along a street.

    World coordinates are metres: x across the road (0 is the centre line, positive to the right), y along
    it (away from the camera), z up. The picture is taken with a shifted lens, so verticals stay vertical.
    Pictures that are not 16:9 show less of the same view rather than a distorted one.

    Attributes:
        width, height: picture size in pixels.
    """

    width: int
    height: int

    @property
    def focal(self) -> float:
        """Focal length in pixels."""
        return _FOCAL * max(self.width, self.height * 16 / 9)

    @property
    def horizon(self) -> float:
        """Row of the horizon."""
        return _HORIZON * self.height

    def enlarged(self, factor: int) -> View:
        """The same view in a picture `factor` times as large."""
        return View(self.width * factor, self.height * factor)

    def depth(self, points: Floats) -> Floats:
        """Distance in front of the camera in metres, for points (..., 3)."""
        dx, dy = points[..., 0] - _POSITION[0], points[..., 1] - _POSITION[1]
        depth: Floats = np.maximum(dx * _SIN + dy * _COS, _NEAREST)
        return depth

    def project(self, points: Floats) -> Floats:
        """Pixel positions (..., 2) as (column, row) of world points (..., 3)."""
        dx, dy = points[..., 0] - _POSITION[0], points[..., 1] - _POSITION[1]
        scale = self.focal / np.maximum(dx * _SIN + dy * _COS, _NEAREST)
        flat = np.empty((*points.shape[:-1], 2), np.float32)
        flat[..., 0] = self.width / 2 + (dx * _COS - dy * _SIN) * scale
        flat[..., 1] = self.horizon + (_POSITION[2] - points[..., 2]) * scale
        return flat

    def scale(self, x: float, y: float) -> float:
        """Pixels per metre at a place on the ground."""
        depth = (x - _POSITION[0]) * _SIN + (y - _POSITION[1]) * _COS
        return self.focal / max(depth, _NEAREST)

    def towards_camera(self, points: Floats) -> Floats:
        """Vectors (..., 3) from world points to the camera."""
        vectors: Floats = np.array(_POSITION, np.float32) - points
        return vectors

    def ground(self) -> tuple[int, Floats, Floats, Floats]:
        """What ground each pixel below the horizon shows.

        Returns:
            The first such row, then x, y and depth in metres, each float32 (rows, width).
        """
        first = int(self.horizon) + 1
        rows = np.arange(first, self.height, dtype=np.float32)[:, None] + 0.5
        columns = np.arange(self.width, dtype=np.float32)[None] + 0.5
        depth = self.focal * _POSITION[2] / (rows - self.horizon)
        lateral = (columns - self.width / 2) * depth / self.focal
        x = _POSITION[0] + depth * _SIN + lateral * _COS
        y = _POSITION[1] + depth * _COS - lateral * _SIN
        depth = np.broadcast_to(depth, x.shape)
        return first, x.astype(np.float32), y.astype(np.float32), depth.astype(np.float32)


def haze(depth: Floats | float) -> Floats:
    """Share 0..1 of the far grey that covers what is `depth` metres away."""
    share: Floats = 1.0 - np.exp(-np.asarray(depth, np.float32) / _HAZE_DISTANCE)
    return share
