"""Training data that knows how long it kept the training waiting."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from typing import Generic, TypeVar

__all__ = ["Feed", "as_it_is", "drawing_processes"]

_MOST = 16

T = TypeVar("T")


class Feed(Generic[T]):
    """An iterator that counts the time spent inside the one it passes on.

    Attributes:
        waited_s: seconds until what was asked for had come, since the beginning.
    """

    def __init__(self, source: Iterator[T]) -> None:
        self._source = source
        self.waited_s = 0.0

    def __iter__(self) -> Iterator[T]:
        return self

    def __next__(self) -> T:
        began = time.monotonic()
        try:
            return next(self._source)
        finally:
            self.waited_s += time.monotonic() - began


def as_it_is(drawn: T) -> T:
    """For loaders that must not join what was drawn; a lambda would not reach a process that is no fork."""
    return drawn


def drawing_processes(asked: int | None, device: str) -> int:
    """How many processes draw training data: as asked, else what `device` (`cpu`, `cuda`) leaves idle.

    On a CPU the network needs the cores, and one process draws enough. A GPU wants all that there are.
    """
    if asked is not None:
        return asked
    if device == "cpu":
        return 1
    return max(1, min(_MOST, len(os.sched_getaffinity(0)) - 1))
