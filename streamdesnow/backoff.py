"""How long to wait before trying again what failed."""

from __future__ import annotations

import random
from collections.abc import Callable

from streamdesnow.config.camera import RetryConfig

__all__ = ["Backoff"]


class Backoff:
    """Exponential backoff with jitter: each wait is twice the last, up to a maximum.

    Args:
        retry: first and longest wait in seconds, and the random share of it.
        chance: random numbers in 0..1; tests pass their own.
    """

    def __init__(self, retry: RetryConfig, chance: Callable[[], float] = random.random) -> None:
        self._retry = retry
        self._chance = chance
        self._failures = 0

    def next(self) -> float:
        """Seconds to wait after one more failure."""
        # 2 ** 30 is longer than any maximum, and floats stay finite.
        wait = min(self._retry.initial * 2.0 ** min(self._failures, 30), self._retry.maximum)
        self._failures += 1
        return wait * (1 - self._retry.jitter * self._chance())

    def reset(self) -> None:
        """Begin again with the first wait: what failed works."""
        self._failures = 0
