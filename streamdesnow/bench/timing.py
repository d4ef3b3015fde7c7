"""How long the calls of one thing took."""

from __future__ import annotations

import statistics
from dataclasses import dataclass, field

__all__ = ["Timing"]


@dataclass(slots=True)
class Timing:
    """Times of repeated calls.

    Attributes:
        seconds: of each call, in order.
        joules: of each call, where energy can be read.
    """

    seconds: list[float] = field(default_factory=list)
    joules: list[float] = field(default_factory=list)

    def add(self, seconds: float, joules: float | None = None) -> None:
        """Note one call."""
        self.seconds.append(seconds)
        if joules is not None:
            self.joules.append(joules)

    @property
    def calls(self) -> int:
        """How many."""
        return len(self.seconds)

    @property
    def median(self) -> float:
        """Seconds of the middle call."""
        return statistics.median(self.seconds)

    def percentile(self, share: float) -> float:
        """Seconds within which this share 0..1 of the calls ended (nearest rank)."""
        ordered = sorted(self.seconds)
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))]

    @property
    def joules_per_call(self) -> float | None:
        """Mean energy of a call; None where it cannot be read.

        Counters move once in a millisecond or so, so that only the sum over many calls means anything.
        """
        total = sum(self.joules)
        return total / len(self.joules) if total > 0 else None
