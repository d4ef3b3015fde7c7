"""One thing that was looked at, and what to do about it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from streamdesnow.errors import StreamDesnowError

__all__ = ["Finding", "Level"]


class Level(StrEnum):
    """How bad it is."""

    GOOD = "good"
    """Works, or simply a fact."""
    ABSENT = "absent"
    """Not there, and not needed."""
    NOTE = "note"
    """Works without it, but could be better."""
    PROBLEM = "problem"
    """A pipeline will fail because of it."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found.

    Attributes:
        level: how bad it is.
        subject: what was looked at, in a word or two.
        text: what was found, in one line, without credentials.
        advice: what to do; empty where there is nothing to do.
        exit_code: what a pipeline that runs into this problem exits with; 0 for what is none.
    """

    level: Level
    subject: str
    text: str
    advice: str = ""
    exit_code: int = 0

    @classmethod
    def of_error(cls, subject: str, error: StreamDesnowError, advice: str = "") -> Finding:
        """A problem that would end a pipeline with this error."""
        return cls(Level.PROBLEM, subject, str(error), advice, error.exit_code)
