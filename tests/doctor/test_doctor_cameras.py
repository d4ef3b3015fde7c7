"""Doctor tells why a camera does not answer."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from clips import write_clip
from rtsp_server import RtspServer, SilentServer, free_port

from streamdesnow.config.pipeline import PipelineConfig
from streamdesnow.doctor.cameras import camera_findings
from streamdesnow.doctor.finding import Finding, Level


@pytest.fixture(scope="module")
def clips(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("clips")
    write_clip(folder / "clip.mp4", 25)
    return folder


def findings(timeout: float = 20, **cameras: dict[str, Any]) -> dict[str, Finding]:
    config = PipelineConfig.model_validate({"cameras": cameras, "outputs": [{"null": {}}]})
    return {finding.subject: finding for finding in camera_findings(config, timeout)}


def test_failures_of_cameras_are_told_apart(clips: Path) -> None:
    with RtspServer(clips, username="gate", password="p@ss:/#") as server:
        login = {"username": "gate", "password": "p@ss:/#"}
        found = findings(
            good={"source": server.url("clip.mp4"), **login},
            wrong={"source": server.url("clip.mp4"), "username": "gate", "password": "gu/ess"},
            missing={"source": server.url("none.mp4"), **login},
            closed={"source": f"rtsp://127.0.0.1:{free_port()}/a"},
            file={"source": str(clips / "clip.mp4")},
            nofile={"source": str(clips / "none.mp4")},
        )
    assert [found[name].level for name in ("good", "file")] == [Level.GOOD, Level.GOOD]
    assert "h264" in found["good"].text
    assert found["wrong"].advice.startswith("wrong login")
    assert found["missing"].advice.startswith("nothing there")
    assert found["closed"].advice.startswith("no connection")
    assert (found["nofile"].advice, "no such file" in found["nofile"].text) == ("", True)
    assert {found[name].exit_code for name in ("wrong", "missing", "closed", "nofile")} == {3}
    shown = " ".join(f"{finding.text} {finding.advice}" for finding in found.values())
    assert "gu/ess" not in shown
    assert "p@ss" not in shown


def test_a_camera_that_never_answers_does_not_hold_up_the_others(clips: Path) -> None:
    with SilentServer() as silent:
        found = findings(2, hung={"source": silent.url()}, file={"source": str(clips / "clip.mp4")})
    assert found["hung"].level is Level.PROBLEM
    assert "does not answer" in found["hung"].text


def test_findings_come_in_the_order_of_the_file(clips: Path) -> None:
    source = {"source": str(clips / "clip.mp4")}
    assert list(findings(b=source, a=source)) == ["b", "a"]
