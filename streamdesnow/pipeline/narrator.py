"""Tells the log when cameras come, return and end; of failures, capture tells itself."""

from __future__ import annotations

import logging

from streamdesnow.capture.source import CaptureState
from streamdesnow.pipeline.snapshot import CameraSnapshot, PipelineSnapshot

__all__ = ["Narrator"]

_log = logging.getLogger(__name__)


class Narrator:
    """Compares the state of each camera with what it was last time."""

    def __init__(self) -> None:
        self._states: dict[str, CaptureState] = {}

    def tell(self, snapshot: PipelineSnapshot) -> None:
        """Log what has changed."""
        for camera in snapshot.cameras:
            before = self._states.get(camera.name, CaptureState.STARTING)
            self._states[camera.name] = camera.state
            if before is not camera.state:
                _tell(before, camera)


def _tell(before: CaptureState, camera: CameraSnapshot) -> None:
    if camera.state is CaptureState.RUNNING:
        size = "" if camera.size is None else f", {camera.size[0]}x{camera.size[1]}"
        _log.info("%s: %s%s", camera.name, "is back" if before is CaptureState.RETRYING else "running", size)
    elif camera.state is CaptureState.ENDED:
        _log.info("%s: ended after %d frames", camera.name, camera.frames_out)
