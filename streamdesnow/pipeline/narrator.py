"""Tells the log what happens to cameras, once for every change."""

from __future__ import annotations

import logging

from streamdesnow.capture.source import CaptureState
from streamdesnow.pipeline.snapshot import CameraSnapshot, PipelineSnapshot

__all__ = ["Narrator"]

_log = logging.getLogger(__name__)

_LEVELS = {CaptureState.RETRYING: logging.WARNING, CaptureState.FAILED: logging.ERROR}


class Narrator:
    """Compares the state of each camera with what was told last."""

    def __init__(self) -> None:
        self._told: dict[str, CaptureState] = {}

    def tell(self, snapshot: PipelineSnapshot) -> None:
        """Log the cameras whose state is another than last time."""
        for camera in snapshot.cameras:
            if self._told.get(camera.name, CaptureState.STARTING) is not camera.state:
                self._told[camera.name] = camera.state
                _log.log(_LEVELS.get(camera.state, logging.INFO), "%s", _line(camera))


def _line(camera: CameraSnapshot) -> str:
    if camera.state is CaptureState.RUNNING:
        return f"{camera.name}: running"
    reason = camera.message.removeprefix(f"{camera.name}: ")
    return f"{camera.name}: {camera.state}" + (f": {reason}" if reason else "")
