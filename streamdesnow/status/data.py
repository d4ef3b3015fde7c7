"""What is known of a running pipeline, as JSON values."""

from __future__ import annotations

import math
from dataclasses import asdict, replace

from streamdesnow.errors import StreamDesnowError
from streamdesnow.status.snapshot import CameraSnapshot

__all__ = ["camera_data"]


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
