"""A flat piece of a car."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from streamdesnow.snowfall.street.view import Floats

__all__ = ["Face", "Material", "face_of"]

Material = Literal["paint", "glass", "trim", "tyre", "rim", "head", "tail", "plate", "seam", "arch"]


@dataclass(frozen=True, slots=True, eq=False)
class Face:
    """A flat polygon of a car.

    Attributes:
        points: float32 (n, 3), metres: along the car (0 rear axle side, front positive), across, up.
        material: what it is made of.
        normal: float32 (3,), unit length, outwards.
    """

    points: Floats
    material: Material
    normal: Floats


def face_of(points: list[tuple[float, float, float]] | Floats, material: Material, outwards: Floats) -> Face:
    corners = np.asarray(points, np.float32)
    normal = np.cross(corners[1] - corners[0], corners[2] - corners[0])
    normal = normal / max(float(np.linalg.norm(normal)), 1e-6)
    if float(normal @ outwards) < 0:
        normal = -normal
    return Face(corners, material, normal.astype(np.float32))
