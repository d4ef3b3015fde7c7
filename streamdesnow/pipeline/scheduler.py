"""One restore loop over all cameras: whose frames go through the network next, and together with whose."""

from __future__ import annotations

import logging
import threading
from collections.abc import Mapping, Sequence

from streamdesnow.errors import EngineFailed
from streamdesnow.frame import Frame
from streamdesnow.pipeline.lane import Lane
from streamdesnow.pipeline.parts import Restorer

__all__ = ["Scheduler"]

_log = logging.getLogger(__name__)

# How long to wait when there is nothing to do. With one camera its own `read` waits, and returns at once
# when a frame comes; with several, asking each this often costs less than a thread for every camera.
_PATIENCE = 0.05
_POLL = 0.002


class Scheduler:
    """Cleans the newest frames of all cameras, the longest unserved first, equal sizes in one call.

    Args:
        lanes: the cameras.
        restorers: the networks, by the lanes' `model`.
        batch: at most this many frames in one call.
        room: set by sinks when a frame has left a queue, so that a waiting file goes on at once.
    """

    def __init__(
        self,
        lanes: Sequence[Lane],
        restorers: Mapping[str, Restorer],
        batch: int,
        room: threading.Event | None = None,
    ) -> None:
        self._lanes = tuple(lanes)
        self._restorers = restorers
        self._limit = batch
        self._room = room or threading.Event()
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
        while not self._halted and not self.finished:
            if not self.run_once():
                self._idle()

    def run_once(self) -> int:
        """Clean at most one batch. Returns how many frames; 0 when none was waiting."""
        self._round += 1
        batch = self._collect()
        if batch:
            self._clean(batch)
        return len(batch)

    def _collect(self) -> list[tuple[Lane, Frame]]:
        batch: list[tuple[Lane, Frame]] = []
        for lane in sorted(self._lanes, key=lambda lane: lane.served_in):
            if len(batch) == self._limit:
                break
            if not lane.ready or (batch and not _may_join(lane, *batch[0])):
                continue
            frame = lane.take()
            if frame is None:
                continue
            if batch and frame.size != batch[0][1].size:
                # Its size has changed just now: it opens a batch of its own in the next round.
                lane.hold(frame)
                continue
            lane.served_in = self._round
            batch.append((lane, frame))
        return batch

    def _clean(self, batch: Sequence[tuple[Lane, Frame]]) -> None:
        restorer = self._restorers[batch[0][0].model]
        try:
            images = restorer.batch([(lane.stream, frame) for lane, frame in batch])
        except EngineFailed as error:
            if len(batch) == 1:
                lane, frame = batch[0]
                lane.engine_failed(frame, error)
                return
            # One by one, so that a camera whose frame cannot be cleaned does not take the others with it.
            for item in batch:
                self._clean([item])
            return
        for (lane, frame), image in zip(batch, images, strict=True):
            lane.deliver(frame, image)

    def _idle(self) -> None:
        ready = [lane for lane in self._lanes if lane.ready]
        if len(ready) == 1 and sum(not lane.done for lane in self._lanes) == 1:
            frame = ready[0].take(_PATIENCE)
            if frame is not None:
                ready[0].hold(frame)
            return
        self._room.wait(_POLL if ready else _PATIENCE)
        self._room.clear()


def _may_join(lane: Lane, first: Lane, frame: Frame) -> bool:
    return lane.model == first.model and lane.size in (None, frame.size)
