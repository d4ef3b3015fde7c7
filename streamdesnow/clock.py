"""Time as a value that is passed in, so that tests of waiting never wait."""

from __future__ import annotations

import datetime as dt
import time
from typing import Protocol

__all__ = ["Clock", "ManualClock", "SystemClock"]


class Clock(Protocol):
    """What the runtime asks of time."""

    def monotonic(self) -> float:
        """Seconds that never jump; comparable between processes of one machine."""
        ...

    def now(self) -> dt.datetime:
        """Wall-clock time with time zone: names files, stamps events."""
        ...

    def sleep(self, seconds: float) -> None:
        """Wait."""
        ...


class SystemClock:
    """The machine's own clock."""

    def monotonic(self) -> float:
        return time.monotonic()

    def now(self) -> dt.datetime:
        return dt.datetime.now().astimezone()

    def sleep(self, seconds: float) -> None:
        time.sleep(seconds)


class ManualClock:
    """A clock that a test moves by hand; `sleep` moves it too."""

    def __init__(self, monotonic: float = 0.0, now: dt.datetime | None = None) -> None:
        self._monotonic = monotonic
        self._now = now or dt.datetime(2026, 1, 15, 12, 0, 0, tzinfo=dt.UTC)

    def monotonic(self) -> float:
        return self._monotonic

    def now(self) -> dt.datetime:
        return self._now

    def sleep(self, seconds: float) -> None:
        self.advance(seconds)

    def advance(self, seconds: float) -> None:
        """Move both clocks forward by `seconds`."""
        self._monotonic += seconds
        self._now += dt.timedelta(seconds=seconds)

    def set(self, now: dt.datetime) -> None:
        """Set the wall clock, as a time server does."""
        self._now = now
