"""Where a camera's cleaned frames go."""

from __future__ import annotations

from typing import Protocol

from streamdesnow.frame import CleanedFrame
from streamdesnow.pipeline.sink_runner import SinkRunner

__all__ = ["Outlet", "Outlets"]


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
    """All outputs of one camera, each in a runner of its own. One thread offers."""

    def __init__(self, runners: tuple[SinkRunner, ...]) -> None:
        self._runners = runners

    @property
    def has_room(self) -> bool:
        """Whether nobody whom a file must wait for is full."""
        return all(runner.has_room for runner in self._runners if runner.keeps_all)

    def offer(self, cleaned: CleanedFrame) -> None:
        """Hand a frame to every output."""
        for runner in self._runners:
            runner.offer(cleaned)

    def finish(self) -> None:
        """Let the outputs write what waits and close their files."""
        for runner in self._runners:
            runner.finish()
