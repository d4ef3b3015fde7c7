"""How a network that fails on one camera's frames is tried again."""

from __future__ import annotations

from streamdesnow.backoff import Backoff
from streamdesnow.clock import Clock
from streamdesnow.config.camera import RetryConfig

__all__ = ["EngineTrouble"]

_TRIES = 6
_RETRY = RetryConfig(initial=0.1, maximum=2.0, jitter=0.0)


class EngineTrouble:
    """Counts failures and says when to try again.

    Attributes:
        failures: so far.
    """

    def __init__(self, clock: Clock) -> None:
        self.failures = 0
        self._in_a_row = 0
        self._clock = clock
        self._backoff = Backoff(_RETRY)
        self._retry_at = 0.0

    @property
    def failing(self) -> bool:
        """Whether the last frame failed."""
        return self._in_a_row > 0

    @property
    def waiting(self) -> bool:
        """Whether it is too early to try again."""
        return self._clock.monotonic() < self._retry_at

    @property
    def hopeless(self) -> bool:
        """Whether it has been tried often enough."""
        return self._in_a_row >= _TRIES

    def worked(self) -> None:
        """A frame was cleaned."""
        self._in_a_row = 0
        self._backoff.reset()

    def failed(self) -> None:
        """A frame could not be cleaned."""
        self.failures += 1
        self._in_a_row += 1
        self._retry_at = self._clock.monotonic() + self._backoff.next()
