"""Cameras whose frames pass uncleaned, served beside the network so that no call of it holds them up."""

from __future__ import annotations

from collections.abc import Sequence

from streamdesnow.pipeline.lane import Lane
from streamdesnow.pipeline.signal import Signal
from streamdesnow.pipeline.worker import Worker

__all__ = ["Bypass"]

_PATIENCE = 0.1
_LONGEST = 1.0


class Bypass:
    """Hands frames of cameras that pass uncleaned on, with a mark, in a thread of its own.

    Args:
        lanes: the cameras whose policy allows it; started only if there are any.
    """

    def __init__(self, lanes: Sequence[Lane]) -> None:
        self._lanes = tuple(lanes)
        self._woken = Signal()
        self._halted = False
        self._worker = Worker("bypass", self._run)

    def start(self) -> None:
        """Start the thread, if any camera may need it."""
        if self._lanes:
            self._worker.start()

    def wake(self) -> None:
        """A frame may have come."""
        self._woken.set()

    def halt(self) -> None:
        """End the thread and wait for that; raises what it met with, if it met with a surprise."""
        if not self._lanes:
            return
        self._halted = True
        self._woken.set()
        self._worker.join(_LONGEST)
        if not self._worker.running:
            self._worker.result()

    def run_once(self) -> int:
        """Pass on a frame of each camera that has one. Returns how many."""
        return sum(lane.pass_on() for lane in self._lanes)

    def _run(self) -> None:
        while not self._halted:
            if not self.run_once():
                self._woken.wait(_PATIENCE)
