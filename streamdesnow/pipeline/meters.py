"""Rates and latencies, measured so cheaply that every frame can afford it."""

from __future__ import annotations

import threading
from collections import deque

from streamdesnow.status.snapshot import Latency

__all__ = ["LatencyMeter", "RateMeter"]


class RateMeter:
    """Frames per second of a growing total, over the last few seconds.

    It is fed the total when somebody looks, not once a frame, so it costs nothing in between.
    """

    def __init__(self, window: float = 3.0) -> None:
        self._window = window
        self._samples: deque[tuple[float, int]] = deque()
        self._lock = threading.Lock()

    def rate(self, total: int, now: float) -> float:
        """Note that the total is `total` at `now` (monotonic seconds); frames per second of late."""
        with self._lock:
            self._samples.append((now, total))
            # The newest sample that is older than the window stays: it is where the window begins.
            while len(self._samples) > 2 and self._samples[1][0] <= now - self._window:
                self._samples.popleft()
            since, before = self._samples[0]
            return (total - before) / (now - since) if now > since else 0.0


class LatencyMeter:
    """Percentiles of the last few hundred latencies. Written by one thread, read by any."""

    def __init__(self, size: int = 256) -> None:
        self._seconds: deque[float] = deque(maxlen=size)
        self._lock = threading.Lock()

    def add(self, seconds: float) -> None:
        """Note one latency."""
        with self._lock:
            self._seconds.append(seconds)

    def read(self) -> Latency | None:
        """Median and 95th percentile of late, None before the first frame."""
        with self._lock:
            ordered = sorted(self._seconds)
        if not ordered:
            return None
        last = len(ordered) - 1
        return Latency(p50=ordered[round(0.5 * last)], p95=ordered[round(0.95 * last)])
