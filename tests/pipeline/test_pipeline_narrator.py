from __future__ import annotations

import logging

import pytest

from streamdesnow.capture.source import CaptureState
from streamdesnow.pipeline.narrator import Narrator
from streamdesnow.status.snapshot import CameraSnapshot, PipelineSnapshot


def test_sizes_and_the_end_are_told_once(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    narrator = Narrator()
    for state, size in [
        ("starting", None),
        ("running", (640, 480)),
        ("retrying", (640, 480)),
        ("running", (1280, 720)),
        ("ended", (1280, 720)),
        ("ended", (1280, 720)),
    ]:
        camera = CameraSnapshot("gate", CaptureState(state), size=size, frames_out=7)
        narrator.tell(PipelineSnapshot(1.0, (), (camera,)))
    assert caplog.messages == [
        "gate: running, 640x480",
        "gate: running, 1280x720",
        "gate: ended after 7 frames",
    ]
