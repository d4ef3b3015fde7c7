"""How things are, as log lines now and then, where no table is shown."""

from __future__ import annotations

import logging
import math
from dataclasses import asdict, replace

from streamdesnow.capture.source import CaptureState
from streamdesnow.cli.figures import status_line
from streamdesnow.errors import StreamDesnowError
from streamdesnow.pipeline.snapshot import FINAL, CameraSnapshot, PipelineSnapshot

__all__ = ["StatusLines", "camera_data"]

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


def camera_data(camera: CameraSnapshot) -> dict[str, object]:
    """The figures of a camera as JSON values; latencies in seconds."""
    detection = camera.detection
    plain = replace(
        camera,
        error=None,
        sinks=tuple(replace(sink, error=None) for sink in camera.sinks),
        detection=None if detection is None else replace(detection, error=None),
    )
    data = asdict(plain)
    data["error"] = _kind(camera.error)
    data["written"] = None if camera.written is None else asdict(camera.written)
    for sink, values in zip(camera.sinks, data["sinks"], strict=True):
        values["error"] = _kind(sink.error)
    if detection is not None:
        data["detection"]["error"] = _kind(detection.error)
    if camera.score is not None:
        # Equal to the truth is infinitely many dB, for which JSON has no number.
        data["score"] = {key: value if math.isfinite(value) else None for key, value in data["score"].items()}
    return data


def _kind(error: StreamDesnowError | None) -> str | None:
    return None if error is None else type(error).__name__
