"""Closing a pipeline in order: no new frames, write what waits, finish every file, in bounded time."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from streamdesnow.clock import Clock
from streamdesnow.pipeline.closing import Closing
from streamdesnow.pipeline.detection_worker import DetectionWorker
from streamdesnow.pipeline.lane import Lane
from streamdesnow.pipeline.sink_runner import SinkRunner

__all__ = ["Patience", "Shutdown"]

_log = logging.getLogger(__name__)

_TICK = 0.05


@dataclass(frozen=True, slots=True)
class Patience:
    """Seconds after the wish to stop at which closing stops waiting.

    The promise is 5 s for the process as a whole, which on a busy machine takes its time to end.

    Attributes:
        network: for the call that is in the network.
        detection: for files' frames that wait to be looked at.
        drain: for frames that wait in queues.
        files: for files to be finished, and sources and networks to be closed.
    """

    network: float = 1.5
    detection: float = 2.0
    drain: float = 2.5
    files: float = 4.0


class Shutdown:
    """Closes everything at once; what hangs is left behind when time is up.

    Args:
        lanes: the cameras with their sinks.
        restorers: close the networks.
        worker: the restore thread, already asked to end.
        clock: tells when time is up.
        hurried: whether somebody asked to stop. Until then the network and sinks that keep all frames have
            all the time they need.
        patience: how long the others have, and these too once somebody asks.
        detection: looks at frames; None: nobody does.
    """

    def __init__(
        self,
        lanes: Sequence[Lane],
        restorers: Iterable[Closing],
        worker: threading.Thread,
        clock: Clock,
        hurried: Callable[[], bool],
        patience: Patience,
        detection: DetectionWorker | None = None,
    ) -> None:
        self._lanes = tuple(lanes)
        self._restorers = tuple(restorers)
        self._worker = worker
        self._clock = clock
        self._hurried = hurried
        self._patience = patience
        self._detection = detection
        self._began = clock.monotonic()
        self._hurried_at: float | None = None

    def run(self, tick: Callable[[], None]) -> bool:
        """Close; `tick` is called now and then. Returns False if something hangs and was left behind."""
        while self._worker.is_alive() and not self._over(self._patience.network, patient=True):
            self._worker.join(_TICK)
            tick()
        closings = self._closings()
        for closing in closings:
            # Before the sinks, which may take all the time there is.
            closing.start()
        self._end_detection(tick)
        self._began = self._clock.monotonic()
        hanging = self._close_sinks(tick)
        if self._worker.is_alive():
            hanging.append("the network")
        hanging += self._close_rest(self._closings())
        return not (hanging or self._still_looking())

    def _end_detection(self, tick: Callable[[], None]) -> None:
        """Before the outputs are closed: they get the frames that wait to be looked at."""
        if self._detection is None:
            return
        self._detection.finish()
        thread = self._detection.thread
        while thread.is_alive() and not self._over(self._patience.detection, patient=True):
            thread.join(_TICK)
            tick()
        self._detection.halt()
        # A look that is under way fails when the detector is closed.
        self._detection.closing.start()

    def _still_looking(self) -> bool:
        if self._detection is None:
            return False
        thread, closing = self._detection.thread, self._detection.closing
        while thread.is_alive() or not closing.join(0.0):
            if self._over(self._patience.files, patient=False):
                _log.warning("%s does not end and was left behind", closing.name)
                return True
            thread.join(_TICK)
        return False

    def _closings(self) -> list[Closing]:
        """The sources, and the networks unless they are at work."""
        sources = [lane.closing for lane in self._lanes]
        return sources if self._worker.is_alive() else [*sources, *self._restorers]

    def _close_sinks(self, tick: Callable[[], None]) -> list[str]:
        pending = [runner for lane in self._lanes for runner in lane.outlets.runners]
        hanging: list[SinkRunner] = []
        while pending:
            for sink in pending:
                # Every time: the limit comes closer when somebody asks to stop meanwhile.
                sink.finish(self._limit(self._patience.drain, patient=sink.keeps_all))
            pending = [sink for sink in pending if not sink.join(_TICK / len(pending))]
            late = [sink for sink in pending if self._over(self._patience.files, patient=sink.keeps_all)]
            pending = [sink for sink in pending if sink not in late]
            hanging += late
            tick()
        for sink in hanging:
            sink.health.abandoned()
        return [sink.name for sink in hanging]

    def _close_rest(self, closings: Sequence[Closing]) -> list[str]:
        for closing in closings:
            closing.start()
        while not all(closing.join(0.0) for closing in closings):
            if self._over(self._patience.files, patient=False):
                break
            for closing in closings:
                closing.join(_TICK / len(closings))
        hanging = [closing.name for closing in closings if not closing.join(0.0)]
        for name in hanging:
            _log.warning("%s does not close and was left behind", name)
        return hanging

    def _over(self, seconds: float, *, patient: bool) -> bool:
        limit = self._limit(seconds, patient=patient)
        return limit is not None and self._clock.monotonic() >= limit

    def _limit(self, seconds: float, *, patient: bool) -> float | None:
        if self._hurried_at is None and self._hurried():
            self._hurried_at = self._clock.monotonic()
        if self._hurried_at is not None:
            return self._hurried_at + seconds
        return None if patient else self._began + seconds
