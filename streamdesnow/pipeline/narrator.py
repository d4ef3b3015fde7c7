"""Tells the log what happens to cameras, once for every change."""

from __future__ import annotations

import logging

from streamdesnow.capture.source import CaptureState
from streamdesnow.pipeline.snapshot import CameraSnapshot, PipelineSnapshot

__all__ = ["Narrator"]

_log = logging.getLogger(__name__)


class Narrator:
    """Compares each snapshot with the one before."""

    def __init__(self) -> None:
        self._told: dict[str, CaptureState] = {}

    def tell(self, snapshot: PipelineSnapshot) -> None:
        """Log the cameras whose state is another than last time."""
        for camera in snapshot.cameras:
            if self._told.get(camera.name) is not camera.state:
                self._told[camera.name] = camera.state
                _log.log(_LEVELS.get(camera.state, logging.INFO), "%s", _line(camera))


_LEVELS = {
    CaptureState.STARTING: logging.DEBUG,
    CaptureState.RETRYING: logging.WARNING,
    CaptureState.FAILED: logging.ERROR,
}


def _line(camera: CameraSnapshot) -> str:
    return f"{camera.name}: {camera.state}"
