"""Looks at the frames of a file in their order: none is left out, and the result is always the same."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from streamdesnow.frame import CleanedFrame
from streamdesnow.pipeline.cadence import Cadence
from streamdesnow.pipeline.frame_queue import FrameQueue
from streamdesnow.pipeline.outlets import Outlet
from streamdesnow.pipeline.watcher import Watcher

__all__ = ["FileDetection"]

_QUEUE = 4
# A detector that crashed is back within this; for longer a file does not wait.
_PATIENCE = 15.0


class FileDetection:
    """Frames wait here for the detector, and go on with what was found in them, or last before them.

    Args:
        watcher: looks.
        cadence: whose turn it is.
        outlets: where frames go on to.
        wake: wakes the detection thread.
        on_room: called whenever a frame has left the queue.
    """

    def __init__(
        self,
        watcher: Watcher,
        cadence: Cadence,
        outlets: Outlet,
        wake: Callable[[], None],
        on_room: Callable[[], None],
    ) -> None:
        self.watcher = watcher
        self.served_in = 0
        self.done = False
        self._cadence = cadence
        self._outlets = outlets
        self._wake = wake
        self._on_room = on_room
        self._queue = FrameQueue(_QUEUE)
        self._size: tuple[int, int] | None = None
        # Whose turn it is, but the detector failed on it and is to try again.
        self._held: CleanedFrame | None = None

    @property
    def has_room(self) -> bool:
        """False while the file should wait."""
        return not self._queue.full

    def offer(self, cleaned: CleanedFrame) -> None:
        """Queue a frame."""
        self.watcher.skipped += self._queue.put(cleaned)
        self._wake()

    def finish(self) -> None:
        """No more frames will come; those that wait are still looked at, and then the outputs finish."""
        self._queue.close()
        self._wake()

    @property
    def ready(self) -> bool:
        """Whether there is something to do, and somewhere to put it."""
        something = self._held is not None or len(self._queue) > 0 or self._queue.closed
        able = self.watcher.detector.ready or self._tired
        return not self.done and something and able and self._outlets.has_room

    def run_once(self) -> None:
        """Look at the next frame, if it is its turn, and hand it on; after the last, end."""
        cleaned, self._held = self._held, None
        due = cleaned is not None
        if cleaned is None:
            cleaned = self._queue.take(timeout=0)
            if cleaned is None:
                if self._queue.closed:
                    self.done = True
                    self.watcher.close()
                    self._outlets.finish()
                return
            self._on_room()
            due = self._cadence.due(cleaned.before.seconds)
            if cleaned.before.discontinuity or cleaned.before.size != self._size:
                self.watcher.forget()
            self._size = cleaned.before.size
        if due and not self._look(cleaned):
            return
        self._outlets.offer(replace(cleaned, tracks=self.watcher.tracks))

    @property
    def _tired(self) -> bool:
        failing_for = self.watcher.detector.health.failing_for
        return failing_for is not None and failing_for > _PATIENCE

    def _look(self, cleaned: CleanedFrame) -> bool:
        """False if the frame is to be tried again."""
        if self.watcher.detector.ready and self.watcher.look(cleaned):
            return True
        if not self._tired:
            self._held = cleaned
            return False
        self.watcher.forget()
        self.watcher.skipped += 1
        return True
