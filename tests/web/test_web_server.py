"""The server's life: addresses that are taken, viewers at the end, figures on the way."""

from __future__ import annotations

import json
import logging
import socket
import time
import urllib.request
from dataclasses import replace
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families
from served import cleaned

from streamdesnow.capture.source import CaptureState
from streamdesnow.errors import SourceStalled
from streamdesnow.status.snapshot import DetectionSnapshot, Latency, PartState, SinkSnapshot

LABELS = ("camera", "output", "until", "quantile")
RECORD = SinkSnapshot(
    "record[gate]", PartState.RUNNING, True, queued=3, written=7, latency=Latency(0.05, 0.09)
)


def test_an_address_that_is_taken_is_tried_again(
    serve: Any, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("streamdesnow.web.server._AGAIN_S", 0.05)
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        served = serve(listen=f"127.0.0.1:{port}")
        assert served.server.address(0.5) is None
    assert served.get("/status")[0] == 200
    told = [record.getMessage() for record in caplog.records if record.levelno == logging.WARNING]
    assert told == [
        f"web: cannot listen on 127.0.0.1:{port}: address already in use; tried again every 0.05 s"
    ]


def test_viewers_do_not_keep_it_from_ending(serve: Any) -> None:
    served = serve()
    served.show("gate", cleaned())
    url = served.url
    with urllib.request.urlopen(f"{url}/live", timeout=20) as answer:
        assert answer.read(4)
        began = time.monotonic()
        served.server.close()
        assert time.monotonic() - began < 5
    with pytest.raises(OSError, match="refused"):
        urllib.request.urlopen(f"{url}/status", timeout=5)


def test_status_is_what_the_log_would_say(serve: Any) -> None:
    served = serve(cameras=("gate",))
    served.cameras[0] = replace(
        served.cameras[0],
        state=CaptureState.RETRYING,
        message="rtsp://me:pw@h/x stalled",
        error=SourceStalled("x"),
    )
    status = json.loads(served.get("/status")[1])
    assert status["health"] == "trouble"
    assert status["cameras"][0]["error"] == "SourceStalled"
    assert status["models"] == [{"name": "fixed-camera", "engine": "openvino"}]
    assert "pw" not in status["troubles"][0]
    assert served.get("/health")[0] == 503
    assert served.get("/health/live")[0] == 200


def test_prometheus_reads_the_figures(serve: Any) -> None:
    served = serve(cameras=("gate", "yard"))
    gate, yard = served.cameras
    failing = replace(RECORD, state=PartState.RETRYING, failing_for=3.0, dropped=2)
    served.cameras[0] = replace(
        gate, sinks=(RECORD, failing), restored=Latency(0.02, 0.03), snowfall=1.5, snowing=True
    )
    served.cameras[1] = replace(yard, state=CaptureState.RETRYING, detection=DetectionSnapshot(tracks=2))
    status, body, headers = served.get("/metrics")
    assert (status, headers["Content-Type"].partition(";")[0]) == (200, "text/plain")
    samples = {
        (sample.name, *(sample.labels[name] for name in LABELS if name in sample.labels)): sample.value
        for family in text_string_to_metric_families(body.decode())
        for sample in family.samples
    }
    assert samples["streamdesnow_uptime_seconds",] == 90.0
    assert samples["streamdesnow_healthy",] == 0.0
    assert samples["streamdesnow_camera_up", "gate"] == 1.0
    assert samples["streamdesnow_camera_up", "yard"] == 0.0
    assert samples["streamdesnow_camera_frames_cleaned_total", "yard"] == 8.0
    assert samples["streamdesnow_camera_snowfall_percent", "gate"] == 1.5
    assert ("streamdesnow_camera_snowfall_percent", "yard") not in samples
    assert samples["streamdesnow_camera_tracks", "yard"] == 2.0
    assert samples["streamdesnow_camera_latency_seconds", "gate", "cleaned", "0.95"] == 0.03
    assert samples["streamdesnow_camera_latency_seconds", "gate", "written", "0.5"] == 0.05
    assert samples["streamdesnow_output_up", "gate", "0:record"] == 1.0
    assert samples["streamdesnow_output_up", "gate", "1:record"] == 0.0
    assert samples["streamdesnow_output_frames_dropped_total", "gate", "1:record"] == 2.0
