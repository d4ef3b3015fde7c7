"""One restore loop over all cameras: whose frames go through the network next, and together with whose."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from typing import Protocol

from streamdesnow.clock import Clock, SystemClock
from streamdesnow.errors import EngineError, EngineFailed, ModelError, StreamDesnowError
from streamdesnow.frame import Frame
from streamdesnow.pipeline.bypass import Bypass
from streamdesnow.pipeline.lane import Lane
from streamdesnow.pipeline.overload import Overload
from streamdesnow.pipeline.parts import Restorer
from streamdesnow.pipeline.signal import Signal

__all__ = ["Scheduler", "Signalled"]

_log = logging.getLogger(__name__)

# Cameras and sinks say when there is something to do; a network that failed is tried again without that.
_PATIENCE = 0.05
# However many cameras of higher priority there are, nobody is left alone for longer, in seconds.
_STARVING = 1.0

_Batch = list[tuple[Lane, Frame]]


class Signalled(Protocol):
    """What `Signal` is; tests pass one that moves their clock."""

    def wait(self, seconds: float) -> None:
        """Until something has happened, at most that long."""
        ...


class Scheduler:
    """Cleans the newest frames of all cameras, equal sizes in one call.

    Who has waited for over a second comes first, then cameras of higher priority, then the longest unserved.

    Args:
        lanes: the cameras.
        restorers: the networks, by the lanes' `model`.
        batch: at most this many frames in one call.
        signal: set by cameras and sinks when a frame has come or has left a queue.
        wait: seconds that a live frame may wait for those of other cameras to join it.
        clock: measures that.
        overload: asked before every round whether a camera has to give way.
        bypass: serves cameras that pass uncleaned, while `run` runs.
    """

    def __init__(
        self,
        lanes: Sequence[Lane],
        restorers: Mapping[str, Restorer],
        batch: int,
        signal: Signalled | None = None,
        *,
        wait: float = 0.0,
        clock: Clock | None = None,
        overload: Overload | None = None,
        bypass: Bypass | None = None,
    ) -> None:
        self._lanes = tuple(lanes)
        self._restorers = restorers
        self._limit = batch
        self._signal = signal or Signal()
        self._wait = wait
        self._clock = clock or SystemClock()
        self._overload = overload
        self._bypass = bypass or Bypass(())
        self._round = 0
        self._halted = False

    @property
    def finished(self) -> bool:
        """Whether no camera will give another frame."""
        return all(lane.done for lane in self._lanes)

    def halt(self) -> None:
        """End `run` after the call that is under way. Safe in a signal handler."""
        self._halted = True

    def run(self) -> None:
        """Clean until every camera has ended, or `halt`."""
        self._bypass.start()
        try:
            while not self._halted and not self.finished:
                if not self.run_once():
                    self._signal.wait(_PATIENCE)
        finally:
            self._bypass.halt()

    def run_once(self) -> int:
        """Clean at most one batch. Returns how many frames were served; 0 when none was waiting."""
        self._round += 1
        now = self._clock.monotonic()
        if self._overload is not None:
            self._overload.step(now)
        batch: _Batch = []
        repeated = self._collect(batch, now)
        until = now + self._wait
        while self._worth_waiting(batch, now) and (left := until - self._clock.monotonic()) > 0:
            self._signal.wait(left)
            repeated += self._collect(batch, now)
        if batch:
            self._clean(batch)
        return len(batch) + repeated

    def _collect(self, batch: _Batch, now: float) -> int:
        """Add to the batch what has come, at most one frame a camera. Returns how many came once more."""
        repeated = 0
        for lane in sorted(self._lanes, key=lambda lane: _turn(lane, now)):
            if len(batch) == self._limit:
                break
            if not lane.ready or lane.rank.relief.passes or _has(batch, lane):
                continue
            if batch and not _may_join(lane, *batch[0]):
                continue
            frame = lane.take()
            if frame is None:
                continue
            if lane.repeated(frame):
                lane.served_in, lane.served_at = self._round, now
                repeated += 1
                continue
            if batch and frame.size != batch[0][1].size:
                # Its size has changed just now: it opens a batch of its own in the next round.
                lane.hold(frame)
                continue
            lane.served_in, lane.served_at = self._round, now
            batch.append((lane, frame))
        return repeated

    def _worth_waiting(self, batch: _Batch, now: float) -> bool:
        """Whether the batch has room for a live camera that was served of late and so will be again soon."""
        if not batch or len(batch) == self._limit or self._halted or not batch[0][0].source.live:
            return False
        return any(
            now - lane.served_at < _STARVING
            and lane.ready
            and not lane.rank.relief.passes
            and _may_join(lane, *batch[0])
            for lane in self._lanes
            if lane.source.live and not _has(batch, lane)
        )

    def _clean(self, batch: _Batch) -> None:
        restorer = self._restorers[batch[0][0].model]
        try:
            images = restorer.batch([(lane.stream, frame) for lane, frame in batch])
        except (EngineError, ModelError) as error:
            # Also what an engine says that cannot get ready for a size of frames it has not had before.
            self._failed(batch, error)
            return
        except Exception as error:
            # Whatever a library throws, for instance when memory runs out: no camera must end by a surprise.
            _log.debug("the network failed unexpectedly", exc_info=True)
            self._failed(batch, EngineFailed(f"{type(error).__name__}: {error}"))
            return
        for (lane, frame), image in zip(batch, images, strict=True):
            lane.deliver(frame, image)

    def _failed(self, batch: _Batch, error: StreamDesnowError) -> None:
        """Try one by one, so that a camera whose frame cannot be cleaned does not take the others with it."""
        if len(batch) > 1:
            for item in batch:
                self._clean([item])
            return
        lane, frame = batch[0]
        lane.engine_failed(frame, error)
        if lane.source.live and lane.stuck and not any(other.served for other in self._lanes):
            # It is not the camera. Ended, the process can be started anew, with all that the engine holds.
            for other in self._lanes:
                other.fail(error)


def _turn(lane: Lane, now: float) -> tuple[bool, int, int]:
    starving = now - lane.served_at > _STARVING
    return (not starving, 0 if starving else -lane.rank.priority, lane.served_in)


def _has(batch: _Batch, lane: Lane) -> bool:
    return any(lane is other for other, _ in batch)


def _may_join(lane: Lane, first: Lane, frame: Frame) -> bool:
    return lane.model == first.model and lane.size in (None, frame.size)
