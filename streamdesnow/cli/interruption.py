"""SIGINT and SIGTERM for a command whose result is all or nothing."""

from __future__ import annotations

from streamdesnow.cli.stop_signals import INTERRUPTED, TwoSignals, end_process

__all__ = ["Interruption"]


class Interruption(TwoSignals):
    """While the context lasts, the first signal is kept until `check`, the second ends the process.

    Python would raise KeyboardInterrupt between any two instructions, also halfway through starting a thread
    that nobody then stops. At `check` everything is in a state that can be left.
    """

    def __init__(self) -> None:
        super().__init__(self._keep, lambda: end_process(INTERRUPTED))
        self._kept = False

    def check(self) -> None:
        """Raise KeyboardInterrupt if a signal came."""
        if self._kept:
            raise KeyboardInterrupt

    def _keep(self) -> None:
        self._kept = True
