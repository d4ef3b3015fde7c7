"""Side views of the kinds of cars there are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

__all__ = ["PLANS", "Kind", "Plan"]

Kind = Literal["saloon", "hatchback", "van"]


@dataclass(frozen=True, slots=True)
class Plan:
    """Side view: (along, up) from the rear bumper; `glass` counts the cabin's corners that are glazed."""

    lower: tuple[tuple[float, float], ...]
    cabin: tuple[tuple[float, float], ...]
    width: float
    wheels: tuple[float, float]
    pillars: tuple[float, ...]


PLANS: dict[Kind, Plan] = {
    "saloon": Plan(
        (
            (0.02, 0.32),
            (0, 0.62),
            (0.08, 0.92),
            (0.75, 1.0),
            (3.1, 0.97),
            (4.25, 0.8),
            (4.45, 0.6),
            (4.42, 0.3),
        ),
        ((0.6, 0.96), (1.35, 1.42), (2.45, 1.43), (3.3, 0.95)),
        1.78,
        (0.85, 3.55),
        (1.0, 1.95, 2.9),
    ),
    "hatchback": Plan(
        (
            (0.02, 0.32),
            (0, 0.7),
            (0.06, 1.0),
            (0.5, 1.04),
            (2.75, 1.0),
            (3.75, 0.84),
            (3.95, 0.62),
            (3.92, 0.3),
        ),
        ((0.1, 0.98), (0.5, 1.47), (2.0, 1.5), (2.95, 0.98)),
        1.72,
        (0.7, 3.15),
        (0.55, 1.5, 2.55),
    ),
    "van": Plan(
        (
            (0.02, 0.34),
            (0, 0.8),
            (0.03, 1.2),
            (0.3, 1.25),
            (3.9, 1.2),
            (4.75, 1.02),
            (4.95, 0.75),
            (4.93, 0.32),
        ),
        ((0.02, 1.1), (0.15, 2.0), (3.3, 2.02), (4.25, 1.12)),
        1.95,
        (0.9, 4.0),
        (2.3, 3.7),
    ),
}
