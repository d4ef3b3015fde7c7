"""The shape of a car as polygons in space."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from streamdesnow.snowfall.street.car_details import arches, ends, side_glass, wheels_and_seams
from streamdesnow.snowfall.street.car_face import Face, Material, face_of
from streamdesnow.snowfall.street.car_plans import PLANS, Kind
from streamdesnow.snowfall.street.view import Floats

__all__ = ["CarBody", "car_body"]


@dataclass(frozen=True, slots=True, eq=False)
class CarBody:
    """A car's faces in drawing order, and its size in metres.

    Attributes:
        points: float32 (m, 3), the corners of all faces, one after the other.
        ends: where in `points` each face ends.
        normals: float32 (n, 3).
        materials: what each face is made of.
    """

    points: Floats
    ends: list[int]
    normals: Floats
    materials: list[Material]
    length: float
    width: float

    @property
    def firsts(self) -> list[int]:
        """Where in `points` each face starts."""
        return [0, *self.ends[:-1]]


def car_body(kind: Kind) -> CarBody:
    """Build the polygons of a kind of car, centred on the ground below its middle."""
    plan = PLANS[kind]
    length = plan.lower[-1][0]
    half = plan.width / 2
    lower = _rounded(np.array(plan.lower, np.float32), 2)
    cabin = _rounded(np.array(plan.cabin, np.float32), 1)
    sides = (-1.0, 1.0)
    faces = [face for side in sides for face in arches(plan, side * (half - 0.03), length)]
    faces += _loft(lower, np.full(len(lower), half, np.float32), "paint")
    faces += [_flat(lower, side * half, "paint") for side in sides]
    faces += [face for side in sides for face in wheels_and_seams(plan, side * (half + 0.012))]
    up = (cabin[:, 1] - cabin[:, 1].min()) / np.ptp(cabin[:, 1])
    across = (half - 0.06 - 0.2 * up).astype(np.float32)
    faces += _loft(cabin, across, "paint", glass=kind != "van")
    faces += [_cabin_side(cabin, across, side) for side in sides]
    faces += [face for side in sides for face in side_glass(plan, half, side)]
    faces += ends(plan, half, kind)
    middle = np.array([length / 2, 0, 0], np.float32)
    return CarBody(
        points=np.concatenate([face.points for face in faces]) - middle,
        ends=np.cumsum([len(face.points) for face in faces]).tolist(),
        normals=np.stack([face.normal for face in faces]),
        materials=[face.material for face in faces],
        length=length,
        width=plan.width,
    )


def _rounded(corners: Floats, times: int) -> Floats:
    """Cut the corners of an open line (Chaikin), keeping its ends."""
    for _ in range(times):
        near = 0.75 * corners[:-1] + 0.25 * corners[1:]
        far = 0.25 * corners[:-1] + 0.75 * corners[1:]
        inner = np.stack([near, far], axis=1).reshape(-1, 2)
        corners = np.concatenate([corners[:1], inner[1:-1], corners[-1:]]).astype(np.float32)
    return corners


def _loft(line: Floats, across: Floats, material: Material, glass: bool = False) -> list[Face]:
    """Strips across the car along a side view; steep cabin strips become window glass."""
    faces = []
    centre = line.mean(axis=0)
    for (a, low, wa), (b, high, wb) in zip(
        _with_width(line, across), _with_width(line, across)[1:], strict=False
    ):
        points = [(a, -wa, low), (a, wa, low), (b, wb, high), (b, -wb, high)]
        outwards = np.array([(a + b) / 2 - centre[0], 0, (low + high) / 2 - centre[1] + 0.3], np.float32)
        steep = abs(high - low) > 0.25 * abs(b - a)
        faces.append(face_of(points, "glass" if glass and steep else material, outwards))
    return faces


def _with_width(line: Floats, across: Floats) -> list[tuple[float, float, float]]:
    return [(float(a), float(up), float(w)) for (a, up), w in zip(line, across, strict=True)]


def _flat(line: Floats, across: float, material: Material) -> Face:
    points = [(float(a), across, float(up)) for a, up in line]
    return face_of(points, material, np.array([0, across, 0], np.float32))


def _cabin_side(cabin: Floats, across: Floats, side: float) -> Face:
    points = [(a, side * w, up) for a, up, w in _with_width(cabin, across)]
    return face_of(points, "paint", np.array([0, side, 0.2], np.float32))
