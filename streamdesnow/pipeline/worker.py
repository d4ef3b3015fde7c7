"""A thread whose end, result or error another thread waits for without becoming deaf to signals."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Generic, TypeVar

__all__ = ["Worker"]

T = TypeVar("T")


class Worker(Generic[T]):
    """Runs one function in a daemon thread.

    Python runs signal handlers in the main thread and only between two of its own instructions: a long call
    into a library there would make the process deaf to SIGTERM. So such calls are made here.
    """

    def __init__(self, name: str, work: Callable[[], T]) -> None:
        self._work = work
        self._result: list[T] = []
        self._error: BaseException | None = None
        self.thread = threading.Thread(target=self._run, name=name, daemon=True)

    def start(self) -> None:
        """Start the thread."""
        self.thread.start()

    @property
    def running(self) -> bool:
        """Whether it was started and has not ended."""
        return self.thread.is_alive()

    def join(self, timeout: float) -> bool:
        """Wait; False if it has not ended."""
        self.thread.join(timeout)
        return not self.running

    def result(self) -> T:
        """What the function returned; raises what it raised. Only after it has ended."""
        if self._error is not None:
            raise self._error
        return self._result[0]

    def _run(self) -> None:
        try:
            self._result.append(self._work())
        except BaseException as error:
            # Handed to whoever asks for the result.
            self._error = error
