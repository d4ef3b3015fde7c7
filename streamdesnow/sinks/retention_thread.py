"""Deletes old segments beside a recorder, which must not wait for a large folder or a slow disk."""

from __future__ import annotations

import threading
from pathlib import Path

from streamdesnow.clock import Clock
from streamdesnow.sinks.retention import Retention

__all__ = ["RetentionThread"]

_INTERVAL = 60.0
_REST = 100.0
"""For a hundred times as long as a look took, the next waits: tens of thousands of files take seconds."""


class RetentionThread:
    """Applies `Retention` in a thread of its own, one look at a time.

    Args:
        retention: what is applied.
        clock: says when the next look is due.
        name: of the thread.
    """

    def __init__(self, retention: Retention, clock: Clock, name: str) -> None:
        self._retention = retention
        self._clock = clock
        self._name = name
        self._thread: threading.Thread | None = None
        self._due = clock.monotonic()
        self._rested = self._due

    def look_if_due(self, current: Path, *, begun: bool = False) -> None:
        """Start a look, once a minute at most, and whenever a segment has begun.

        Args:
            current: the segment that is being written.
            begun: whether it was begun just now.
        """
        now = self._clock.monotonic()
        due = self._rested if begun else max(self._due, self._rested)
        if now < due or (self._thread is not None and self._thread.is_alive()):
            return
        self._due = now + _INTERVAL
        self._thread = threading.Thread(target=self._look, args=(current,), name=self._name, daemon=True)
        self._thread.start()

    def join(self, timeout: float) -> None:
        """Wait for the look that is under way, at most so many seconds."""
        if self._thread is not None:
            self._thread.join(timeout)

    def _look(self, current: Path) -> None:
        began = self._clock.monotonic()
        self._retention.apply(current)
        now = self._clock.monotonic()
        self._rested = now + _REST * (now - began)
