"""The server's life: addresses that are taken, viewers at the end, figures on the way."""

from __future__ import annotations

import contextlib
import json
import logging
import socket
import time
import urllib.error
import urllib.request
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from prometheus_client.parser import text_string_to_metric_families
from served import cleaned, wait_for

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


def test_viewers_that_come_and_go_leave_nothing_behind(serve: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """More of them than may look at a time."""
    monkeypatch.setattr("streamdesnow.web.doorkeeper._MOST", 4)
    served = serve()
    served.show("gate", cleaned())
    for _ in range(20):
        with urllib.request.urlopen(f"{served.url}/live", timeout=20) as answer:
            assert answer.read(4)
        wait_for(lambda: served.get("/status")[0] == 200)


def test_who_comes_and_says_nothing_is_shown_out(serve: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Else a few dozen of them would take the page from all others, and files from the cameras."""
    monkeypatch.setattr("streamdesnow.web.doorkeeper._MOST", 8)
    monkeypatch.setattr("streamdesnow.web.doorkeeper._SPEECHLESS_S", 0.3)
    served = serve(password="x")
    assert served.get("/health")[0] == 200
    address = served.server.address(1.0)
    silent = [socket.create_connection(address, timeout=10) for _ in range(40)]
    with pytest.raises((urllib.error.URLError, OSError)):
        served.get("/health")
    for each in silent:
        with each, contextlib.suppress(ConnectionResetError):
            assert each.recv(1) == b""
    assert served.get("/health")[0] == 200


def test_a_viewer_who_does_not_read_is_sent_no_more_than_a_little(serve: Any) -> None:
    served = serve(cameras=("gate",), max_fps=60)
    noise = np.random.default_rng(0).integers(0, 255, (360, 640, 3), np.uint8)
    shown = 0

    def show() -> None:
        nonlocal shown
        shown += 1
        served.show("gate", replace(cleaned(shown), image=noise))

    show()
    with urllib.request.urlopen(f"{served.url}/live", timeout=20) as answer:
        answer.read(json.loads(answer.read(int.from_bytes(answer.read(4), "big")))["length"])
        for _ in range(120):
            show()
            time.sleep(0.02)
        held = 0
        for _ in range(200):
            header = json.loads(answer.read(int.from_bytes(answer.read(4), "big")))
            answer.read(header["length"])
            held += 1
            if header.get("number") == shown:
                break
        assert held < 60
    assert served.get("/status")[0] == 200


def test_it_listens_on_ipv6_too(serve: Any) -> None:
    try:
        socket.create_server(("::1", 0), family=socket.AF_INET6).close()
    except OSError:
        pytest.skip("needs IPv6")
    served = serve(listen="[::1]:0")
    assert served.url.startswith("http://[::1]:")
    assert served.get("/status")[0] == 200


def test_status_is_what_the_log_would_say(serve: Any) -> None:
    served = serve(cameras=("gate",), password="s3 cret")
    served.cameras[0] = replace(
        served.cameras[0],
        state=CaptureState.RETRYING,
        message="rtsp://me:pw@h/x says s3 cret",
        error=SourceStalled("x"),
    )
    status = json.loads(served.get("/status", "streamdesnow:s3 cret")[1])
    assert status["health"] == "trouble"
    assert status["cameras"][0]["error"] == "SourceStalled"
    assert status["models"] == [{"name": "fixed-camera", "engine": "openvino"}]
    for path in ("/status", "/health"):
        told = served.get(path, "streamdesnow:s3 cret")[1]
        assert b"rtsp://***@h/x says ***" in told
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
