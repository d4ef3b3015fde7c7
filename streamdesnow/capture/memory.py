"""A source whose frames are in memory: the twin of a camera for tests."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterable

from streamdesnow.capture.source import CaptureState, CaptureStatus
from streamdesnow.errors import CaptureError
from streamdesnow.frame import Frame

__all__ = ["MemorySource"]


class MemorySource:
    """Delivers the frames that it was given, then those that are added, then ends.

    Args:
        frames: delivered as they are, one a `read`. A source that was given none waits for `add`.
        live: True drops all but the newest unread frame, as a camera does.
        camera: name; default that of the first frame.
    """

    def __init__(self, frames: Iterable[Frame] = (), live: bool = False, camera: str | None = None) -> None:
        self._waiting = deque(frames)
        self._live = live
        self._camera = camera or (self._waiting[0].camera if self._waiting else "camera")
        self._changed = threading.Condition()
        self._state = CaptureState.STARTING
        self._ending = bool(self._waiting)
        self._error: CaptureError | None = None
        self._frames = 0
        self._dropped = 0
        self._watchers: list[Callable[[], None]] = []

    @property
    def camera(self) -> str:
        """The camera's name."""
        return self._camera

    @property
    def live(self) -> bool:
        """Whether old frames give way to new ones."""
        return self._live

    @property
    def status(self) -> CaptureStatus:
        """State and counters now."""
        return CaptureStatus(
            state=self._state,
            message=str(self._error or ""),
            frames=self._frames,
            dropped=self._dropped,
            error=self._error,
        )

    def watch(self, changed: Callable[[], None]) -> None:
        """Have `changed` called whenever a frame or the end may be read."""
        self._watchers.append(changed)

    def open(self) -> None:
        """Begin; the frames given are there at once."""
        with self._changed:
            self._state = CaptureState.RUNNING
            self._frames = len(self._waiting)
            self._drop_stale()
        self._tell()

    def add(self, frame: Frame) -> None:
        """A frame comes in."""
        with self._changed:
            self._waiting.append(frame)
            self._frames += 1
            self._drop_stale()
            self._changed.notify_all()
        self._tell()

    def end(self, error: CaptureError | None = None) -> None:
        """No more frames: the source has ended, or failed with `error`."""
        with self._changed:
            self._ending, self._error = True, error
            self._settle()
            self._changed.notify_all()
        self._tell()

    def read(self, timeout: float) -> Frame | None:
        """The next frame; None if none came in `timeout` seconds."""
        with self._changed:
            self._changed.wait_for(lambda: self._waiting or self._finished(), max(0.0, timeout))
            if self._state is CaptureState.STOPPED or not self._waiting:
                self._settle()
                return None
            return self._waiting.popleft()

    def close(self) -> None:
        """Stop. May be called twice."""
        with self._changed:
            self._waiting.clear()
            if self._state not in {CaptureState.ENDED, CaptureState.FAILED}:
                self._state = CaptureState.STOPPED
            self._changed.notify_all()

    def _tell(self) -> None:
        for changed in self._watchers:
            changed()

    def _finished(self) -> bool:
        return self._ending or self._state is CaptureState.STOPPED

    def _settle(self) -> None:
        if self._ending and not self._waiting and self._state is CaptureState.RUNNING:
            self._state = CaptureState.FAILED if self._error else CaptureState.ENDED

    def _drop_stale(self) -> None:
        while self._live and len(self._waiting) > 1:
            self._waiting.popleft()
            self._dropped += 1
