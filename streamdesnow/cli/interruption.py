"""SIGINT and SIGTERM for a command whose result is all or nothing."""

from __future__ import annotations

import signal
from collections.abc import Callable
from functools import partial
from types import FrameType, TracebackType
from typing import Self

from streamdesnow.cli.stop_signals import INTERRUPTED, end_process

__all__ = ["Interruption"]

_SIGNALS = (signal.SIGINT, signal.SIGTERM)


class Interruption:
    """While the context lasts, the first signal is kept until `check`, the second ends the process.

    Python would raise KeyboardInterrupt between any two instructions, also halfway through starting a thread
    that nobody then stops. At `check` everything is in a state that can be left.
    """

    def __init__(self) -> None:
        self._asked = False
        self._restore: list[Callable[[], object]] = []

    def check(self) -> None:
        """Raise KeyboardInterrupt if a signal came."""
        if self._asked:
            raise KeyboardInterrupt

    def __enter__(self) -> Self:
        for number in _SIGNALS:
            self._restore.append(partial(signal.signal, number, signal.signal(number, self._heard)))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for restore in self._restore:
            restore()

    def _heard(self, number: int, frame: FrameType | None) -> None:
        if self._asked:
            end_process(INTERRUPTED)
        self._asked = True
