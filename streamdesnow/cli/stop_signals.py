"""SIGINT, SIGTERM and SIGHUP: the first asks to finish, the second ends at once."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
from collections.abc import Callable
from functools import partial
from types import FrameType, TracebackType
from typing import Self

__all__ = ["INTERRUPTED", "StopSignals", "TwoSignals", "end_process"]

INTERRUPTED = 130
"""Exit code after a second signal: 128 + SIGINT, as shells have it."""

_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
"""The last comes when the terminal is closed or the connection to it is lost."""
_SHOW_CURSOR = "\x1b[?25h"


class TwoSignals:
    """While the context lasts, the first signal calls `first`, every later one `second`.

    Args:
        first, second: must only set a flag or leave, as they run between any two instructions.
    """

    def __init__(self, first: Callable[[], None], second: Callable[[], None]) -> None:
        self._first, self._second = first, second
        self._asked = False
        self._restore: list[Callable[[], object]] = []

    def __enter__(self) -> Self:
        for number in _SIGNALS:
            if number is signal.SIGHUP and signal.getsignal(number) is signal.SIG_IGN:
                continue  # nohup: it is to go on without its terminal
            self._restore.append(partial(signal.signal, number, signal.signal(number, self._heard)))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for restore in self._restore:
            restore()

    def _heard(self, number: int, frame: FrameType | None) -> None:
        if self._asked:
            self._second()
        self._asked = True
        self._first()


class StopSignals(TwoSignals):
    """The first signal calls `stop` and says what happens now, the second ends the process."""

    def __init__(self, stop: Callable[[], None]) -> None:
        super().__init__(self._finish, self._leave)
        self._stop = stop

    def _finish(self) -> None:
        self._stop()
        _write("stopping: finishing files (once more to stop at once)\n")

    def _leave(self) -> None:
        _write("stopped at once; files that were being written may lack their last second\n")
        end_process(INTERRUPTED)


def end_process(code: int) -> None:
    """Leave now, whatever threads do; capture processes die with their parent. Returns to nobody."""
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


def _write(text: str) -> None:
    # Not through a console or a log: their locks may be held by the very thread that was interrupted.
    shown = _SHOW_CURSOR if os.isatty(2) else ""
    with contextlib.suppress(OSError):  # nobody reads any more
        os.write(2, (shown + text).encode())
