"""Log lines for people and for machines; nothing secret leaves through them."""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import logging
import sys
from collections.abc import Iterator, Sequence
from typing import Literal

from rich.console import Console
from rich.text import Text

from streamdesnow.redact import redact, redact_data

__all__ = ["JsonFormatter", "LineFormatter", "logging_to"]

_STYLES = {logging.WARNING: "yellow", logging.ERROR: "red", logging.CRITICAL: "bold red"}


class LineFormatter(logging.Formatter):
    """`2026-01-15 12:00:00 WARNING gate: retrying: connection refused`, redacted.

    Redaction happens here, after everything has been put together, so that tracebacks and arguments of
    libraries go through it too.
    """

    def __init__(self, secrets: Sequence[str] = ()) -> None:
        super().__init__("%(asctime)s %(levelname)-7s %(message)s", datefmt="%Y-%m-%d %H:%M:%S")
        self._secrets = tuple(secrets)

    def format(self, record: logging.LogRecord) -> str:
        return redact(super().format(record), self._secrets)


class JsonFormatter(logging.Formatter):
    """One JSON object a line: `time` (ISO 8601 with zone), `level`, `logger`, `message`, `error`, and `data`.

    `data` is what the caller passed as `extra={"data": {...}}`: figures that need no parsing.
    """

    def __init__(self, secrets: Sequence[str] = ()) -> None:
        super().__init__()
        self._secrets = tuple(secrets)

    def format(self, record: logging.LogRecord) -> str:
        entry: dict[str, object] = {
            "time": dt.datetime.fromtimestamp(record.created).astimezone().isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": redact(record.getMessage(), self._secrets),
        }
        if record.exc_info:
            entry["error"] = redact(self.formatException(record.exc_info), self._secrets)
        data = getattr(record, "data", None)
        if data is not None:
            entry["data"] = redact_data(data, self._secrets)
        return json.dumps(entry, ensure_ascii=False)


class _ConsoleHandler(logging.Handler):
    """Prints above the live table that a console is showing."""

    def __init__(self, console: Console) -> None:
        super().__init__()
        self._console = console

    def emit(self, record: logging.LogRecord) -> None:
        try:
            line = Text(self.format(record), style=_STYLES.get(record.levelno, ""))
            self._console.print(line, soft_wrap=True)
        except Exception:
            # As other handlers do: a terminal that went away must not end what only had something to say.
            self.handleError(record)


@contextlib.contextmanager
def logging_to(
    format: Literal["table", "lines", "json"], level: str, console: Console, secrets: Sequence[str] = ()
) -> Iterator[None]:
    """Log to standard error while the context lasts: streamdesnow from `level` on, libraries from warning on.

    Args:
        format: `table` prints above what `console` shows live; `lines` and `json` print one line each.
        level: `debug`, `info`, `warning` or `error`.
        console: of the live table.
        secrets: passwords to hide wherever they appear.
    """
    handler = _ConsoleHandler(console) if format == "table" else logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonFormatter(secrets) if format == "json" else LineFormatter(secrets))
    root, own = logging.getLogger(), logging.getLogger("streamdesnow")
    before = own.level
    root.addHandler(handler)
    own.setLevel(level.upper())
    try:
        yield
    finally:
        root.removeHandler(handler)
        own.setLevel(before)
