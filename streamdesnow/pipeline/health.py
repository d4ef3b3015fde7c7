"""Whether an output or the detector works, when it is tried again, and what is said about it."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from streamdesnow.backoff import Backoff
from streamdesnow.clock import Clock
from streamdesnow.config.camera import RetryConfig
from streamdesnow.errors import SinkError, StreamDesnowError
from streamdesnow.status.snapshot import PartState

__all__ = ["Health"]

_log = logging.getLogger(__name__)

# What worked for this long after a failure counts as repaired: it is said so, and backoff begins anew.
# Without it, a server that accepts and then drops every connection would fill the log.
_SETTLED = 5.0
# Who works on one thing for longer may hang.
_HANGS = 5.0


class Health:
    """A part's state through failures and repairs; every change is logged once.

    Attributes:
        state: see `PartState`.
        error: why it does not work, or could not be finished; None while it works.
    """

    def __init__(self, name: str, retry: RetryConfig, clock: Clock) -> None:
        self.state = PartState.STARTING
        self.error: StreamDesnowError | None = None
        self._name = name
        self._clock = clock
        self._backoff = Backoff(retry)
        self._retry_at = 0.0
        self._failing_since: float | None = None
        self._works_since: float | None = None
        self._busy_since: float | None = None

    @contextmanager
    def busy(self) -> Iterator[None]:
        """Around anything that may take too long, which is then said."""
        self._busy_since = self._clock.monotonic()
        try:
            yield
        finally:
            self._busy_since = None

    @property
    def message(self) -> str:
        """What is wrong, for people; empty when all is well."""
        since = self._busy_since
        if since is not None and (busy := self._clock.monotonic() - since) > _HANGS:
            return f"no progress for {busy:.0f} s"
        return "" if self.error is None else str(self.error)

    @property
    def retrying(self) -> bool:
        """Whether it failed and has not worked since."""
        return self.state is PartState.RETRYING

    @property
    def wait(self) -> float:
        """Seconds until the next try; not positive when it is due."""
        return self._retry_at - self._clock.monotonic()

    @property
    def failing_for(self) -> float | None:
        """Seconds since it stopped working; None while it works."""
        if not self.retrying or self._failing_since is None:
            return None
        return self._clock.monotonic() - self._failing_since

    def opened(self) -> None:
        """It could be opened. After a failure only a frame that was dealt with proves that it works."""
        if self.state is PartState.STARTING:
            self.state = PartState.RUNNING

    def failed(self, error: StreamDesnowError) -> None:
        """It could not be opened, or failed on a frame."""
        now = self._clock.monotonic()
        if self._failing_since is None:
            self._failing_since = now
            reason = str(error).removeprefix(f"{self._name}: ")
            _log.warning("%s does not work, is tried again until it does: %s", self._name, reason)
        else:
            _log.debug("%s still fails: %s", self._name, error)
        self.state = PartState.RETRYING
        self.error = error
        self._works_since = None
        self._retry_at = now + self._backoff.next()

    def worked(self) -> None:
        """A frame was dealt with."""
        if self._failing_since is None:
            return
        now = self._clock.monotonic()
        self.state = PartState.RUNNING
        self.error = None
        if self._works_since is None:
            self._works_since = now
        if now - self._works_since >= _SETTLED:
            _log.info("%s works again, after %.0f s", self._name, self._works_since - self._failing_since)
            self._failing_since = self._works_since = None
            self._backoff.reset()

    def closed(self, error: StreamDesnowError | None) -> None:
        """It was closed for good, with an error if what it wrote could not be finished."""
        if error is not None:
            self.error = error
            _log.error("%s could not be finished: %s", self._name, str(error).removeprefix(f"{self._name}: "))
        if self.state is not PartState.ABANDONED:
            self.state = PartState.CLOSED

    def abandoned(self) -> None:
        """It hangs: its thread cannot be ended, only left behind."""
        self.state = PartState.ABANDONED
        self.error = SinkError(f"{self._name} hangs and was left behind without being closed")
        _log.error("%s", self.error)
