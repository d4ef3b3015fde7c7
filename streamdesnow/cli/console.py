"""What commands print with, so that all of them look alike."""

from __future__ import annotations

import os
import sys
import traceback
from typing import TextIO

from rich.console import Console
from rich.text import Text

from streamdesnow.redact import redact

__all__ = ["error_console", "output_console", "print_error", "print_traceback"]

_WIDTH_OF_FILES = 160


def output_console() -> Console:
    """Results, on standard output; made anew because tests and pipes replace the stream."""
    return Console(highlight=False, width=_width(sys.stdout))


def error_console() -> Console:
    """Problems and progress, on standard error."""
    return Console(stderr=True, highlight=False, width=_width(sys.stderr))


def _width(stream: TextIO) -> int | None:
    # Rich takes 80 columns where there is no terminal, and wraps what a log file or a pipe should get whole.
    return None if stream.isatty() or "COLUMNS" in os.environ else _WIDTH_OF_FILES


def print_error(message: str) -> None:
    """A message in red on standard error, never wrapped so that it can be searched for and clicked on."""
    console = error_console()
    lines = redact(message).splitlines() or ["unknown error"]
    console.print(Text(f"error: {lines[0]}", style="red"), soft_wrap=True)
    for line in lines[1:]:
        console.print(Text(f"       {line}", style="red"), soft_wrap=True)


def print_traceback(error: BaseException) -> None:
    """The traceback on standard error: messages of libraries in it may quote a URL, so it is redacted too."""
    text = "".join(traceback.format_exception(error))
    error_console().print(Text(redact(text), style="dim"), soft_wrap=True)
