"""How fast a network is, as its calls of late tell."""

from __future__ import annotations

import statistics
from collections import deque

__all__ = ["Pace"]

_CALLS = 15


class Pace:
    """Seconds that a pixel takes: the median of the last calls, as the first for each size compiles."""

    def __init__(self) -> None:
        self._calls: deque[float] = deque(maxlen=_CALLS)

    def note(self, seconds: float, pixels: int) -> None:
        """A call of so many pixels, all of its frames together, took so long."""
        self._calls.append(seconds / pixels)

    @property
    def seconds_a_pixel(self) -> float | None:
        """None before the third call."""
        return statistics.median(self._calls) if len(self._calls) > 2 else None
