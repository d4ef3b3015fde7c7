from __future__ import annotations

import logging

import pytest

from streamdesnow.capture.source import CaptureState
from streamdesnow.pipeline.narrator import Narrator
from streamdesnow.pipeline.snapshot import CameraSnapshot, PipelineSnapshot


def test_every_change_is_told_once(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    narrator = Narrator()
    for state in ["starting", "running", "running", "retrying", "retrying", "running", "ended", "ended"]:
        camera = CameraSnapshot("gate", CaptureState(state), size=(640, 480), frames_out=7)
        narrator.tell(PipelineSnapshot(1.0, (), (camera,)))
    assert caplog.messages == [
        "gate: running, 640x480",
        "gate: is back, 640x480",
        "gate: ended after 7 frames",
    ]
