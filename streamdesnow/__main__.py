"""`python -m streamdesnow`, and what the console script calls."""

from __future__ import annotations

import sys

__all__ = ["main"]

_INTERRUPTED = 130


def main() -> None:
    """Run the command line; quietly interrupted also while its libraries are still being loaded."""
    try:
        from streamdesnow.cli.app import main as command_line

        command_line()
    except KeyboardInterrupt:
        sys.exit(_INTERRUPTED)


if __name__ == "__main__":
    main()
