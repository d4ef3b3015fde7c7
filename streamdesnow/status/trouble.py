"""What does not work of a running pipeline, in lines for people and alarms."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum

from streamdesnow.capture.source import CaptureState
from streamdesnow.redact import redact
from streamdesnow.status.snapshot import (
    FINAL,
    CameraSnapshot,
    DetectorSnapshot,
    PipelineSnapshot,
    SinkSnapshot,
)

__all__ = ["Health", "health", "troubles", "works"]


class Health(StrEnum):
    """How a pipeline is, in a word."""

    STARTING = "starting"
    OK = "ok"
    TROUBLE = "trouble"


def health(snapshot: PipelineSnapshot) -> Health:
    """In trouble as soon as a camera, output or detector is; starting until each camera has given a frame."""
    if any(troubles(snapshot)):
        return Health.TROUBLE
    waiting = any(
        camera.state is CaptureState.STARTING
        or (camera.state is CaptureState.RUNNING and not camera.frames_out)
        for camera in snapshot.cameras
    )
    return Health.STARTING if waiting or not snapshot.cameras else Health.OK


def troubles(snapshot: PipelineSnapshot) -> Iterator[str]:
    """A line for each camera, output and detector that does not work now, credentials redacted."""
    for camera in snapshot.cameras:
        away = camera.state in (CaptureState.RETRYING, CaptureState.FAILED)
        if away or (camera.message and camera.state not in FINAL):
            yield _line(camera.name, camera.state, camera.message)
        yield from _of_outputs(camera)
    detector = snapshot.detector
    if detector is not None and not works(detector):
        yield _line(detector.name, detector.state, detector.message)


def works(part: SinkSnapshot | DetectorSnapshot) -> bool:
    """Whether an output or a detector neither fails nor hangs, of which only its message tells."""
    return part.failing_for is None and not part.message


def _of_outputs(camera: CameraSnapshot) -> Iterator[str]:
    for sink in camera.sinks:
        if not works(sink):
            yield _line(sink.name, sink.state, sink.message)
    if camera.detection is not None and camera.detection.error is not None:
        yield _line(f"events[{camera.name}]", "lost", str(camera.detection.error))


def _line(name: str, state: str, message: str) -> str:
    said = redact(message).removeprefix(f"{name}: ")
    return f"{name}: {state}" + (f": {said}" if said else "")
