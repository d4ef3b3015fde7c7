"""How a network that fails on one camera's frames is tried again."""

from __future__ import annotations

from streamdesnow.backoff import Backoff
from streamdesnow.clock import Clock
from streamdesnow.config.camera import RetryConfig
from streamdesnow.errors import StreamDesnowError

__all__ = ["EngineTrouble"]

_TRIES = 6
_RETRY = RetryConfig(initial=0.1, maximum=30.0, jitter=0.0)
"""The first six tries take three seconds; after that a live camera waits for whatever is in the way to go."""


class EngineTrouble:
    """Counts failures and says when to try again.

    Attributes:
        failures: so far.
        error: the last one.
    """

    def __init__(self, clock: Clock) -> None:
        self.failures = 0
        self.error: StreamDesnowError | None = None
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
        """Whether it has failed so often that the cause is none that passes by itself in a moment."""
        return self._in_a_row >= _TRIES

    def worked(self) -> None:
        """A frame was cleaned."""
        self._in_a_row = 0
        self._backoff.reset()

    def failed(self, error: StreamDesnowError) -> None:
        """A frame could not be cleaned."""
        self.error = error
        self.failures += 1
        self._in_a_row += 1
        self._retry_at = self._clock.monotonic() + self._backoff.next()
