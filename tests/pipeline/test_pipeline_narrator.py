from __future__ import annotations

import logging

import pytest

from streamdesnow.capture.source import CaptureState
from streamdesnow.pipeline.narrator import Narrator
from streamdesnow.pipeline.snapshot import CameraSnapshot, PipelineSnapshot


def test_every_change_is_told_once(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    narrator = Narrator()
    states = ["starting", "running", "running", "retrying", "retrying", "running", "ended"]
    for state in states:
        camera = CameraSnapshot("gate", CaptureState(state), message="gate: refused" * (state == "retrying"))
        narrator.tell(PipelineSnapshot(1.0, (), (camera,)))
    assert [(record.levelname, record.message) for record in caplog.records] == [
        ("INFO", "gate: running"),
        ("WARNING", "gate: retrying: refused"),
        ("INFO", "gate: running"),
        ("INFO", "gate: ended"),
    ]
