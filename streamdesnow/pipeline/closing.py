"""Closes one thing that may hang, without waiting for it."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

__all__ = ["Closing"]

_log = logging.getLogger(__name__)


class Closing:
    """Closes one thing in a thread of its own; started at most once."""

    def __init__(self, name: str, close: Callable[[], None]) -> None:
        self.name = name
        self._close = close
        self._started = False
        self._lock = threading.Lock()
        # A daemon: a close that hangs must not keep the process alive.
        self._thread = threading.Thread(target=self._run, name=f"close {name}", daemon=True)

    def start(self) -> None:
        """Begin to close, unless that has begun."""
        with self._lock:
            if not self._started:
                self._started = True
                self._thread.start()

    def join(self, timeout: float) -> bool:
        """Wait until it is closed; False if it is not yet."""
        if self._started:
            self._thread.join(max(timeout, 0.0))
        return self._started and not self._thread.is_alive()

    def _run(self) -> None:
        try:
            self._close()
        except Exception as error:
            # Nobody is left who could act on it, and the rest has to be closed all the same.
            _log.warning("closing %s failed: %s", self.name, error)
            _log.debug("closing %s failed", self.name, exc_info=True)
