"""Whether all is well, and if not, what."""

from __future__ import annotations

from dataclasses import replace

import pytest

from streamdesnow.capture.source import CaptureState
from streamdesnow.errors import StorageFailed
from streamdesnow.status.snapshot import (
    CameraSnapshot,
    DetectionSnapshot,
    DetectorSnapshot,
    PartState,
    PipelineSnapshot,
    SinkSnapshot,
)
from streamdesnow.status.trouble import Health, health, troubles

SINK = SinkSnapshot("push[gate]", PartState.RUNNING, False)
GATE = CameraSnapshot("gate", CaptureState.RUNNING, frames_out=5, sinks=(SINK,))
DETECTOR = DetectorSnapshot("detector tiny", PartState.RUNNING)


def pipeline(camera: CameraSnapshot = GATE, detector: DetectorSnapshot = DETECTOR) -> PipelineSnapshot:
    return PipelineSnapshot(1.0, (), (camera, replace(GATE, name="yard")), detector)


def test_all_is_well_while_everything_works_or_has_ended() -> None:
    for state in (CaptureState.RUNNING, CaptureState.ENDED, CaptureState.STOPPED):
        assert health(pipeline(replace(GATE, state=state))) is Health.OK


def test_until_every_camera_has_given_a_frame_it_starts() -> None:
    assert health(PipelineSnapshot(0.0, (), ())) is Health.STARTING
    for state in (CaptureState.STARTING, CaptureState.RUNNING):
        assert health(pipeline(replace(GATE, state=state, frames_out=0))) is Health.STARTING


@pytest.mark.parametrize(
    ("snapshot", "line"),
    [
        (
            pipeline(replace(GATE, state=CaptureState.RETRYING, message="gate: rtsp://a:b@h/x is away")),
            "gate: retrying: rtsp://***@h/x is away",
        ),
        (pipeline(replace(GATE, state=CaptureState.FAILED)), "gate: failed"),
        (
            pipeline(
                replace(GATE, sinks=(replace(SINK, state=PartState.RETRYING, failing_for=2.0, message="no"),))
            ),
            "push[gate]: retrying: no",
        ),
        (
            pipeline(replace(GATE, sinks=(replace(SINK, message="push[gate]: no progress for 90 s"),))),
            "push[gate]: running: no progress for 90 s",
        ),
        (pipeline(detector=replace(DETECTOR, message="no progress")), "detector tiny: running: no progress"),
        (pipeline(replace(GATE, message="decodes slowly")), "gate: running: decodes slowly"),
        (
            pipeline(replace(GATE, detection=DetectionSnapshot(error=StorageFailed("disk full")))),
            "events[gate]: lost: disk full",
        ),
        (
            pipeline(detector=replace(DETECTOR, state=PartState.RETRYING, failing_for=1.0, message="hangs")),
            "detector tiny: retrying: hangs",
        ),
    ],
)
def test_whatever_does_not_work_has_a_line(snapshot: PipelineSnapshot, line: str) -> None:
    assert list(troubles(snapshot)) == [line]
    assert health(snapshot) is Health.TROUBLE
