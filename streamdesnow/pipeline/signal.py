"""Wakes a thread that has nothing to do when something has happened."""

from __future__ import annotations

import threading

__all__ = ["Signal"]


class Signal:
    """Set from any thread, waited for by one. What was set while nobody waited is not lost."""

    def __init__(self) -> None:
        self._event = threading.Event()

    def set(self) -> None:
        """Something has happened."""
        self._event.set()

    def wait(self, seconds: float) -> None:
        """Until something has happened since the last wait ended, at most that long."""
        self._event.wait(seconds)
        # Before looking around: what happens from here on wakes the next wait.
        self._event.clear()
