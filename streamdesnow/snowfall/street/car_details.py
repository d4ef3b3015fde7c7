"""What is fixed to a car's body: wheels, seams, side windows, lamps, plates."""

from __future__ import annotations

import numpy as np

from streamdesnow.snowfall.street.car_face import Face, Material, face_of
from streamdesnow.snowfall.street.car_plans import Kind, Plan

__all__ = ["arches", "ends", "side_glass", "wheels_and_seams"]


def _disc(along: float, across: float, up: float, radius: float, material: Material) -> Face:
    turn = np.linspace(0, 2 * np.pi, 20, endpoint=False)
    points = np.stack(
        [along + radius * np.cos(turn), np.full(20, across), up + radius * np.sin(turn)], axis=1
    )
    return face_of(points.astype(np.float32), material, np.array([0, across, 0], np.float32))


def arches(plan: Plan, across: float, length: float) -> list[Face]:
    """What is dark below the sills, so that no ground shines through between the wheels."""
    points = [
        (0.3, across, 0.16),
        (length - 0.3, across, 0.16),
        (length - 0.1, across, 0.4),
        (0.1, across, 0.4),
    ]
    return [face_of(points, "arch", np.array([0, across, 0], np.float32))]


def wheels_and_seams(plan: Plan, across: float) -> list[Face]:
    faces = []
    for along in plan.wheels:
        faces.append(_disc(along, across, 0.36, 0.39, "arch"))
        faces.append(_disc(along, across * 1.005, 0.32, 0.32, "tyre"))
        faces.append(_disc(along, across * 1.01, 0.32, 0.19, "rim"))
        faces.append(_disc(along, across * 1.012, 0.32, 0.06, "arch"))
    outwards = np.array([0, across, 0], np.float32)
    for along in plan.pillars:
        seam = [
            (along, across, 0.4),
            (along + 0.02, across, 0.4),
            (along + 0.02, across, 0.93),
            (along, across, 0.93),
        ]
        faces.append(face_of(seam, "seam", outwards))
    sill = [(plan.wheels[0] + 0.4, across, 0.3), (plan.wheels[1] - 0.4, across, 0.3)]
    sill += [(plan.wheels[1] - 0.4, across, 0.38), (plan.wheels[0] + 0.4, across, 0.38)]
    faces.append(face_of(sill, "trim", outwards))
    return faces


def side_glass(plan: Plan, half: float, side: float) -> list[Face]:
    cabin = np.array(plan.cabin, np.float32)
    low, high = cabin[:, 1].min() + 0.06, cabin[:, 1].max() - 0.1
    panes = zip(plan.pillars, plan.pillars[1:], strict=False)
    faces = []
    for rear, front in panes:
        rear_top = max(rear, float(cabin[1, 0])) + 0.1
        front_top = min(front, float(cabin[2, 0])) - 0.04
        if front_top - rear_top < 0.1:
            continue
        bottom, top = half - 0.055, half - 0.215
        points = [(rear + 0.05, side * bottom, low), (front - 0.03, side * bottom, low)]
        points += [(front_top, side * top, high), (rear_top, side * top, high)]
        faces.append(face_of(points, "glass", np.array([0, side, 0.2], np.float32)))
    return faces


def ends(plan: Plan, half: float, kind: Kind) -> list[Face]:
    """Lamps, grille, plates and, on a van, the windscreen and rear doors."""
    rear, front = -0.02, plan.lower[-2][0] + 0.03
    nose = plan.lower[-2][1]
    ahead, behind = np.array([1, 0, 0], np.float32), np.array([-1, 0, 0], np.float32)

    def panel(along: float, left: float, right: float, low: float, high: float, material: Material) -> Face:
        points = [(along, left, low), (along, right, low), (along, right, high), (along, left, high)]
        return face_of(points, material, ahead if along > 1 else behind)

    faces = [panel(front, -0.42, 0.42, nose - 0.16, nose + 0.02, "trim")]
    faces.append(panel(front + 0.01, -0.26, 0.26, nose - 0.27, nose - 0.17, "plate"))
    faces.append(panel(rear - 0.01, -0.26, 0.26, nose - 0.05, nose + 0.06, "plate"))
    tail = nose + 0.06
    for side in (-1.0, 1.0):
        inner, outer = sorted((side * (half - 0.42), side * (half - 0.06)))
        faces.append(panel(front, inner, outer, nose - 0.04, nose + 0.12, "head"))
        inner, outer = sorted((side * (half - 0.34), side * (half - 0.04)))
        faces.append(panel(rear, inner, outer, tail, tail + (0.5 if kind == "van" else 0.17), "tail"))
    if kind == "van":
        (a, low), (b, high) = plan.cabin[3], plan.cabin[2]
        wide = half - 0.22
        screen = [
            (a - 0.1, -wide - 0.1, low + 0.1),
            (a - 0.1, wide + 0.1, low + 0.1),
            (b + 0.2, wide, high - 0.18),
        ]
        screen.append((b + 0.2, -wide, high - 0.18))
        moved = [(along + 0.04, across, up + 0.04) for along, across, up in screen]
        faces.append(face_of(moved, "glass", np.array([1, 0, 1], np.float32)))
        faces.append(panel(rear - 0.0, -wide + 0.1, -0.05, 1.35, 1.8, "glass"))
        faces.append(panel(rear - 0.0, 0.05, wide - 0.1, 1.35, 1.8, "glass"))
    return faces
