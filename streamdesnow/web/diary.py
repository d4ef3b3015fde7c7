"""What happened of late: what the log said, kept for the page."""

from __future__ import annotations

import datetime as dt
import logging
from collections import deque
from collections.abc import Collection
from dataclasses import dataclass

from streamdesnow.redact import redact

__all__ = ["Diary", "Entry"]

_KEPT = 500
_REPEATS = 10
"""Lines back to which the same one is not noted again: what fails for a night says so every few seconds."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the log.

    Attributes:
        number: counted from 1.
        time: ISO 8601 with zone.
        level: `info`, `warning`, `error`.
        text: without credentials.
    """

    number: int
    time: str
    level: str
    text: str


class Diary(logging.Handler):
    """Keeps the last lines, but for those that only repeat figures.

    Args:
        secrets: passwords, hidden wherever they appear.
    """

    def __init__(self, secrets: Collection[str] = ()) -> None:
        super().__init__(logging.INFO)
        self._secrets = tuple(secrets)
        self._entries: deque[Entry] = deque(maxlen=_KEPT)
        self._count = 0

    def emit(self, record: logging.LogRecord) -> None:
        """Keep a line; logging calls it for one at a time."""
        if logging.lastResort is not None and record.levelno >= logging.WARNING and not _others(self):
            # A program that set up no logging still hears of trouble, as if this was no handler.
            logging.lastResort.handle(record)
        if hasattr(record, "data") and record.levelno < logging.WARNING:
            return
        time = dt.datetime.fromtimestamp(record.created).astimezone().isoformat(timespec="seconds")
        text = redact(record.getMessage(), self._secrets)
        if any(entry.text == text for entry in list(self._entries)[-_REPEATS:]):
            return
        self._count += 1
        self._entries.append(Entry(self._count, time, record.levelname.lower(), text))

    def after(self, number: int) -> list[Entry]:
        """The lines after the one of this number, as far as they are kept, oldest first."""
        return [entry for entry in tuple(self._entries) if entry.number > number]


def _others(diary: Diary) -> bool:
    """Whether somebody else hears the project's log."""
    return any(
        handler is not diary
        for name in ("streamdesnow", None)
        for handler in logging.getLogger(name).handlers
    )
