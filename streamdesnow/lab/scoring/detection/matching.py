"""Which of the things that are there were found."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from streamdesnow.detect.detection import Detection
from streamdesnow.detect.matching import closest_pairs

__all__ = ["Counts", "count", "match"]

SAME = 0.5
"""Intersection over union from which on two boxes show the same thing."""


@dataclass(frozen=True, slots=True)
class Counts:
    """How many were found, missed, and found where nothing is; NaN where a ratio has no denominator."""

    hits: int = 0
    misses: int = 0
    extras: int = 0

    def __add__(self, other: Counts) -> Counts:
        return Counts(self.hits + other.hits, self.misses + other.misses, self.extras + other.extras)

    @property
    def recall(self) -> float:
        """Share of what is there that was found."""
        return _ratio(self.hits, self.hits + self.misses)

    @property
    def precision(self) -> float:
        """Share of what was found that is there."""
        return _ratio(self.hits, self.hits + self.extras)

    @property
    def f1(self) -> float:
        """Harmonic mean of the two."""
        return _ratio(2 * self.hits, 2 * self.hits + self.misses + self.extras)


def match(found: Sequence[Detection], truth: Sequence[Detection]) -> dict[int, int]:
    """Places in `truth` by places in `found`: pairs of one class that overlap enough, the closest first.

    Each is used once.
    """
    return closest_pairs(found, truth, SAME)


def count(found: Sequence[Detection], truth: Sequence[Detection]) -> Counts:
    """Compare what was found in a picture with what is there."""
    hits = len(match(found, truth))
    return Counts(hits, len(truth) - hits, len(found) - hits)


def _ratio(part: float, whole: float) -> float:
    return part / whole if whole else math.nan
