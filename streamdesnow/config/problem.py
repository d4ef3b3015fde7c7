"""What is wrong with a pipeline file, and where."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from streamdesnow.config.base import KeyPath
from streamdesnow.errors import ConfigError
from streamdesnow.redact import redact

__all__ = ["Place", "Problem", "config_error", "dotted"]


@dataclass(frozen=True, slots=True)
class Place:
    """Where something was written: a file with line and column, or a `--set` on the command line.

    Attributes:
        source: file name as the user gave it, or `--set KEY`.
        line: counted from 1; None for what has no lines.
        column: counted from 1.
    """

    source: str
    line: int | None = None
    column: int | None = None

    def __str__(self) -> str:
        return ":".join(str(part) for part in (self.source, self.line, self.column) if part is not None)


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong.

    Attributes:
        place: where it was written.
        path: keys that lead to it, empty for the file as a whole.
        message: what was expected and what to do.
    """

    place: Place
    path: KeyPath
    message: str

    def __str__(self) -> str:
        place, path = str(self.place), dotted(self.path)
        # `--set KEY` names the path already.
        shown = path if not place.endswith(f" {path}") else ""
        return ": ".join(part for part in (place, shown, self.message) if part)


def dotted(path: KeyPath) -> str:
    """`outputs.0.record`: the way paths are shown, and given to `--set`."""
    return ".".join(str(key) for key in path)


def config_error(problems: Iterable[Problem]) -> ConfigError:
    """One error that lists all problems, a line each, in the order of the file, credentials redacted."""
    ordered = sorted(problems, key=lambda each: (each.place.line or 0, each.place.column or 0))
    return ConfigError("\n".join(redact(str(problem)) for problem in ordered))
