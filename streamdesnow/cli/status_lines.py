"""How things are, as log lines now and then, where no table is shown."""

from __future__ import annotations

import logging

from streamdesnow.capture.source import CaptureState
from streamdesnow.cli.figures import status_line
from streamdesnow.status.data import camera_data
from streamdesnow.status.snapshot import FINAL, PipelineSnapshot

__all__ = ["StatusLines"]

_log = logging.getLogger(__name__)


class StatusLines:
    """Logs one line for each camera that goes on or has failed, every `interval` seconds of running time."""

    def __init__(self, interval: float) -> None:
        self._interval = interval
        self._due = interval

    def __call__(self, snapshot: PipelineSnapshot) -> None:
        if snapshot.seconds < self._due:
            return
        self._due = snapshot.seconds + self._interval
        if snapshot.detector is not None and snapshot.detector.message:
            _log.warning(
                "%s: %s: %s", snapshot.detector.name, snapshot.detector.state, snapshot.detector.message
            )
        for camera in snapshot.cameras:
            failed = camera.state is CaptureState.FAILED
            if camera.state in FINAL and not failed:
                continue
            level = logging.WARNING if failed else logging.INFO
            _log.log(level, "%s", status_line(camera), extra={"data": camera_data(camera)})
