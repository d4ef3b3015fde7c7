"""Notices a run that comes apart: a large step may ruin a network for good, and hours after it are lost."""

from __future__ import annotations

import math

__all__ = ["CollapseWatch"]

_STEPS = 100
"""That make a mean: snow differs from step to step."""
_PATIENCE = 400
"""Steps for which a network may be ruined: many come back by themselves, most of them after a high rate."""
_SAGS = 5.0
_RUINED = -3.0


class CollapseWatch:
    """Follows how many decibels a network gains on what it trains on."""

    def __init__(self) -> None:
        self._seen = 0
        self._mean = 0.0
        self._best = float("-inf")
        self._lasted = 0

    def see(self, gain: float | None) -> None:
        """A step gained so many decibels over its input; None and what is no number tell nothing."""
        if gain is None or not math.isfinite(gain):
            return
        self._seen += 1
        self._mean += (gain - self._mean) / min(self._seen, _STEPS)
        if self._seen >= _STEPS:
            self._best = max(self._best, self._mean)
        self._lasted = self._lasted + 1 if self.ruined else 0

    @property
    def well(self) -> bool:
        """Whether these weights are worth keeping for a return: they are not far worse than those before."""
        return self._mean > self._best - _SAGS

    @property
    def ruined(self) -> bool:
        """Whether frames come out worse than they went in, which they did not before."""
        return self._best > 0 and self._mean < _RUINED

    @property
    def collapsed(self) -> bool:
        """Whether it has been ruined for long."""
        return self._lasted >= _PATIENCE
