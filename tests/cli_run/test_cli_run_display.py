from __future__ import annotations

import io
import json
import logging
from dataclasses import replace

import pytest
from rich.console import Console

from streamdesnow.capture.source import CaptureState
from streamdesnow.cli.live_table import live_table
from streamdesnow.cli.run_summary import log_summary, place_of, summary_table
from streamdesnow.cli.status_lines import StatusLines
from streamdesnow.config.pipeline import PipelineConfig
from streamdesnow.errors import SinkRefused, SourceRefused
from streamdesnow.pipeline.verdict import Summary
from streamdesnow.status.data import camera_data
from streamdesnow.status.snapshot import (
    CameraSnapshot,
    Latency,
    PartState,
    PipelineSnapshot,
    Score,
    SinkSnapshot,
)

RECORD = SinkSnapshot(
    "record[gate]", PartState.RUNNING, True, queued=3, capacity=32, written=250, latency=Latency(0.05, 0.09)
)
PUSH = SinkSnapshot(
    "push[gate]",
    PartState.RETRYING,
    False,
    message="push[gate]: rtsp://me:pw@h/x refused",
    capacity=32,
    dropped=7,
    error=SinkRefused("refused"),
)
GATE = CameraSnapshot(
    "gate",
    CaptureState.RUNNING,
    live=True,
    size=(1280, 720),
    frames_in=260,
    frames_out=251,
    fps_in=25.04,
    fps_out=24.96,
    active=10.0,
    dropped=9,
    restarts=2,
    restored=Latency(0.0214, 0.035),
    sinks=(RECORD, PUSH),
    score=Score(19.5, 31.25, 25),
)
YARD = CameraSnapshot("yard", CaptureState.FAILED, message="yard: login refused", error=SourceRefused("no"))
SNAPSHOT = PipelineSnapshot(3725.0, (("fixed-camera", "openvino 2026.4 on CPU (bf16)"),), (GATE, YARD))
CONFIG = PipelineConfig.model_validate(
    {
        "cameras": {"gate": {"source": "a.mp4"}, "yard": {"source": "b.mp4"}},
        "outputs": [
            {"record": {"directory": "rec/{camera}", "cameras": ["gate"]}},
            {"push": {"url": "rtsp://server:8554/{camera}", "show": "side_by_side", "cameras": ["gate"]}},
        ],
    }
)


def printed(renderable: object, width: int = 120) -> str:
    console = Console(file=io.StringIO(), width=width)
    console.print(renderable)
    return console.file.getvalue()


def test_the_table_shows_state_rates_drops_latency_queues_and_restarts() -> None:
    text = printed(live_table(SNAPSHOT))
    row = next(line for line in text.splitlines() if line.startswith("gate"))
    for figure in ("running", "25.0/25.0", "9", "21/35", "50/90", "record 3/32", "2"):
        assert figure in row
    assert "push 0/32 -7 retrying" in text
    assert "01:02:05  fixed-camera: openvino" in text


def test_messages_stand_beneath_the_table_without_passwords() -> None:
    text = printed(live_table(SNAPSHOT))
    assert "push[gate]: rtsp://***@h/x refused" in text
    assert "yard: login refused" in text
    assert "pw" not in text


def test_an_ordinary_terminal_shows_every_column_also_of_a_camera_with_a_long_name() -> None:
    busy = replace(
        GATE, name="north-gate-camera-behind-the-barrier", restored=Latency(0.349, 1.153), restarts=123
    )
    text = printed(live_table(replace(SNAPSHOT, cameras=(busy,))), 80)
    row = next(line for line in text.splitlines() if "running" in line)
    assert row.split()[1:] == ["running", "25.0/25.0", "9", "349/1153", "50/90", "123", "record", "3/32"]
    name = "".join(line.split("  ")[0] for line in text.splitlines()[3:])
    assert name.startswith("north-gate-camera-behind-the-barrier")


def test_status_lines_come_once_an_interval(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    lines = StatusLines(interval=10.0)
    for seconds in (0.5, 9.9, 10.1, 10.6, 20.0, 20.2):
        lines(PipelineSnapshot(seconds, (), (GATE,)))
    assert len(caplog.records) == 2
    assert caplog.messages[0].startswith("gate: running, fps 25.0 in 25.0 out, 251 frames, 9 dropped")


def test_figures_are_json_values() -> None:
    data = json.loads(json.dumps(camera_data(GATE)))
    assert data["restored"] == {"p50": 0.0214, "p95": 0.035}
    assert data["sinks"][1]["error"] == "SinkRefused"


def test_the_summary_says_frames_rate_score_engine_and_where_files_are() -> None:
    text = printed(summary_table(Summary(SNAPSHOT, (), 0), CONFIG))
    assert "251 frames in 10.0 s, 25.0 fps, 9 dropped, latency 21/35 ms, 2 restarts" in text
    assert "19.50 dB snowy -> 31.25 dB cleaned (against the truth of 25 frames)" in text
    assert "250 frames to rec/gate" in text
    assert "0 frames, 7 lost" in text
    assert "openvino 2026.4 on CPU (bf16)" in text


def test_the_summary_as_a_log_record_holds_the_exit_code(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    log_summary(Summary(SNAPSHOT, ("yard: login refused",), 3), CONFIG)
    assert caplog.messages == ["yard: login refused", "finished with exit code 3"]
    data = json.loads(json.dumps(caplog.records[1].data))  # type: ignore[attr-defined]
    assert data["exit_code"] == 3
    assert data["cameras"][0]["places"] == ["rec/gate", "rtsp://server:8554/gate (side by side)"]


def test_nothing_is_kept_by_a_null_output() -> None:
    config = PipelineConfig.model_validate({"cameras": {"a": {"source": "a.mp4"}}, "outputs": [{"null": {}}]})
    assert place_of(config.outputs[0], "a") == ""
