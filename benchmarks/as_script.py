"""How a benchmark is run: a mistake in its arguments is one line, not a stack of calls."""

from __future__ import annotations

import sys
from collections.abc import Callable

from streamdesnow.errors import StreamDesnowError

__all__ = ["as_script"]


def as_script(main: Callable[[], None]) -> None:
    """Run `main`; an error of the project's ends the script with its text and its exit code."""
    try:
        main()
    except StreamDesnowError as error:
        print(f"error: {error}", file=sys.stderr)
        sys.exit(error.exit_code)
