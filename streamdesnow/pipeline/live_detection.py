"""Looks at the frames of a live camera beside the stream, which never waits for it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace

from streamdesnow.detect.detection import Detection
from streamdesnow.frame import CleanedFrame
from streamdesnow.pipeline.cadence import Cadence
from streamdesnow.pipeline.outlets import Outlet
from streamdesnow.pipeline.watcher import Watcher

__all__ = ["LiveDetection"]


class LiveDetection:
    """Frames go on at once with what was found last; the newest whose turn it is waits for the detector.

    Args:
        watcher: looks.
        cadence: whose turn it is.
        outlets: where frames go on to.
        lost: what was found longer ago, in seconds of the stream, is not shown any more.
        wake: wakes the detection thread.
    """

    has_room = True

    def __init__(
        self, watcher: Watcher, cadence: Cadence, outlets: Outlet, lost: float, wake: Callable[[], None]
    ) -> None:
        self.watcher = watcher
        self.served_in = 0
        self.done = False
        self._cadence = cadence
        self._outlets = outlets
        self._lost = lost
        self._wake = wake
        self._lock = threading.Lock()
        self._waiting: CleanedFrame | None = None
        self._size: tuple[int, int] | None = None
        self._cut = False
        self._finishing = False
        # What is shown, and the frame it was found in; a cut forgets both.
        self._shown: tuple[tuple[Detection, ...], float] = ((), 0.0)
        self._scene = 0

    def offer(self, cleaned: CleanedFrame) -> None:
        """Hand a frame on, and keep it for the detector if it is its turn."""
        frame = cleaned.before
        with self._lock:
            if frame.discontinuity or frame.size != self._size:
                self._cut = True
                self._scene += 1
                self._shown = (), 0.0
                # What is found in a picture of the old scene must not be told of the new one.
                self.watcher.skipped += self._waiting is not None
                self._waiting = None
            self._size = frame.size
            tracks, found_at = self._shown
            fresh = 0 <= frame.seconds - found_at <= self._lost
            due = self._cadence.due(frame.captured_at)
            if due:
                self.watcher.skipped += self._waiting is not None
                self._waiting = cleaned
        self._outlets.offer(replace(cleaned, tracks=tracks) if tracks and fresh else cleaned)
        if due:
            self._wake()

    def finish(self) -> None:
        """No more frames will come."""
        self._finishing = True
        self._outlets.finish()
        self._wake()

    @property
    def ready(self) -> bool:
        """Whether a frame waits and the detector may be asked, or this is the end."""
        waiting = self._waiting is not None and self.watcher.detector.ready
        return not self.done and (waiting or self._finishing)

    def run_once(self) -> None:
        """Look at the frame that waits; at the end, end."""
        if self._finishing:
            self.watcher.close()
            self.done = True
            return
        with self._lock:
            cleaned, self._waiting = self._waiting, None
            cut, self._cut = self._cut, False
            scene = self._scene
        if cut:
            self.watcher.observer.cut()
        if cleaned is None:
            return
        if not self.watcher.look(cleaned):
            self.watcher.skipped += 1
            return
        with self._lock:
            if scene == self._scene:
                self._shown = self.watcher.tracks, cleaned.before.seconds
