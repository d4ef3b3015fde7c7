"""The thread in which all cameras' frames are looked at."""

from __future__ import annotations

import logging
import threading
from collections.abc import Sequence
from typing import Protocol

from streamdesnow.frame import CleanedFrame
from streamdesnow.pipeline.closing import Closing
from streamdesnow.pipeline.detector_runner import DetectorRunner
from streamdesnow.pipeline.watcher import Watcher

__all__ = ["CameraDetection", "DetectionWorker"]

_log = logging.getLogger(__name__)

# How often it is looked whether a detector that failed may be tried again.
_PATIENCE = 0.05


class CameraDetection(Protocol):
    """An `Outlet` for the restore thread; the rest is for the detection thread."""

    served_in: int
    """Round in which it was looked at one of its frames last."""

    @property
    def watcher(self) -> Watcher:
        """Looks, and knows how that went."""
        ...

    @property
    def has_room(self) -> bool:
        """False while a file should wait."""
        ...

    def offer(self, cleaned: CleanedFrame) -> None:
        """Hand over a frame; never blocks."""
        ...

    def finish(self) -> None:
        """No more frames will come."""
        ...

    @property
    def done(self) -> bool:
        """Whether everything was handed on."""
        ...

    @property
    def ready(self) -> bool:
        """Whether there is something to do now."""
        ...

    def run_once(self) -> None:
        """Do it."""
        ...


class DetectionWorker:
    """Looks at one frame after the other, the longest unserved camera first.

    Args:
        detector: already open; closed at the end.
        wake: set when there may be something to do.
    """

    def __init__(self, detector: DetectorRunner, wake: threading.Event) -> None:
        self.detector = detector
        self.closing = Closing(detector.name, detector.close)
        self.thread = threading.Thread(target=self.run, name="detect", daemon=True)
        self.cameras: Sequence[CameraDetection] = ()
        self._wake = wake
        self._round = 0
        self._halted = False

    def start(self, cameras: Sequence[CameraDetection]) -> None:
        """Begin, with these cameras."""
        self.cameras = tuple(cameras)
        self.thread.start()

    def finish(self) -> None:
        """No camera will hand over frames any more: look at those that wait, then end. Returns at once."""
        for camera in self.cameras:
            camera.finish()

    def halt(self) -> None:
        """End after the look that is under way. Returns at once."""
        self._halted = True
        self._wake.set()

    def run(self) -> None:
        """Look until every camera has ended, or `halt`."""
        while not self._halted and not all(camera.done for camera in self.cameras):
            for camera in self.cameras:
                # Also while no frames come: pictures grow old all the same.
                camera.watcher.tidy()
            if not self.run_once():
                self._wake.wait(_PATIENCE)
                self._wake.clear()
        for camera in self.cameras:
            camera.watcher.close()

    def run_once(self) -> bool:
        """Look at one frame at most; False if there was nothing to do."""
        self._round += 1
        ready = [camera for camera in self.cameras if camera.ready]
        if not ready:
            return False
        camera = min(ready, key=lambda each: each.served_in)
        camera.served_in = self._round
        try:
            camera.run_once()
        except Exception:
            # A bug must not end detection for good, nor the stream that waits for it.
            _log.exception("looking at a frame failed unexpectedly")
        return True
