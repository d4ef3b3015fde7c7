"""Where a camera's cleaned frames go."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from streamdesnow.frame import CleanedFrame
from streamdesnow.pipeline.score import ScoreTap
from streamdesnow.pipeline.sink_runner import SinkRunner

__all__ = ["Onlooker", "Outlet", "Outlets"]

Onlooker = Callable[[CleanedFrame], None]
"""Shown every frame as it passes, in the thread that delivers: it must be quick and never fail."""


class Outlet(Protocol):
    """Takes the cleaned frames of one camera, in order."""

    @property
    def has_room(self) -> bool:
        """False while a file should wait."""
        ...

    def offer(self, cleaned: CleanedFrame) -> None:
        """Hand over a frame; never blocks, never fails."""
        ...

    def finish(self) -> None:
        """No more frames will come: finish what is there. Returns at once."""
        ...


class Outlets:
    """All outputs of one camera, each in a runner of its own. One thread offers.

    Args:
        sinks: what the pipeline file asks for.
        tap: measures frames against the truth of a simulated camera; None: nobody does.
        onlooker: shown what they are handed; None: nobody looks.

    Attributes:
        sinks, tap: as given.
        runners: everything that cleaned frames are handed to.
    """

    def __init__(
        self, sinks: tuple[SinkRunner, ...], tap: ScoreTap | None = None, onlooker: Onlooker | None = None
    ) -> None:
        self.sinks = sinks
        self.tap = tap
        self.runners = sinks if tap is None else (*sinks, tap.runner)
        self._onlooker = onlooker

    @property
    def has_room(self) -> bool:
        """Whether nobody whom a file must wait for is full."""
        return all(runner.has_room for runner in self.runners if runner.keeps_all)

    def start(self) -> None:
        """Let the outputs open."""
        for runner in self.runners:
            runner.start()

    def offer(self, cleaned: CleanedFrame) -> None:
        """Hand a frame to every output."""
        for runner in self.runners:
            runner.offer(cleaned)
        if self._onlooker is not None:
            self._onlooker(cleaned)

    def finish(self) -> None:
        """Let the outputs write what waits and close their files."""
        for runner in self.runners:
            runner.finish()
