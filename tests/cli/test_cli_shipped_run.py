"""The pipeline files that ship do run."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from clips import write_clip
from fixed_detector import write_detector
from rtsp_server import RtspServer, free_port
from tiny_models import averaging
from typer.testing import CliRunner, Result

from streamdesnow.cli.app import build_app

PIPELINES = Path(__file__).parents[2] / "pipelines"


@pytest.fixture(autouse=True)
def workplace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder to run in, with a small network under the name of the default one."""
    averaging(tmp_path / "models" / "fixed-camera")
    monkeypatch.setenv("STREAMDESNOW_MODELS", str(tmp_path / "models"))
    monkeypatch.chdir(tmp_path)


def run(name: str, *arguments: str) -> Result:
    return CliRunner().invoke(build_app(), ["run", str(PIPELINES / f"{name}.yaml"), *arguments])


def sizes(folder: str) -> dict[str, int]:
    return {path.name: path.stat().st_size for path in Path(folder).iterdir()}


def test_the_demo_records_clean_and_before_after() -> None:
    film = ["--set", "cameras.street.source={size: 160x96, duration: 200ms}"]
    result = run("demo", *film)
    assert result.exit_code == 0, result.output
    files = sizes("out/demo")
    assert set(files) == {"cleaned.mp4", "before-after.mp4"}
    assert all(files.values())


def test_a_file_is_recorded_clean_and_as_a_wipe() -> None:
    write_clip(Path("snowy.mp4"), 10)
    result = run("file")
    assert result.exit_code == 0, result.output
    assert set(sizes("out/file")) == {"file-clean.mp4", "file-wipe.mp4"}


def test_a_camera_is_recorded_and_shown_in_a_browser() -> None:
    folder = Path("clips")
    folder.mkdir()
    write_clip(folder / "stream1.mp4", 50)
    with RtspServer(folder, username="admin", password="p@ss:/#") as server:
        source = ["--set", f"cameras.gate.source={server.url('stream1.mp4')}"]
        login = ["--set", "cameras.gate.password='p@ss:/#'"]
        result = run("rtsp", *source, *login, "--set", "outputs.2={null: {}}", "--frames", "10")
    assert result.exit_code == 0, result.output
    assert "p@ss" not in result.output
    assert any(name.endswith(".mp4") for name in sizes("recordings/gate"))
    assert "index.m3u8" in sizes("hls/gate")


def test_detection_records_boxes_and_events(monkeypatch: pytest.MonkeyPatch) -> None:
    write_detector(Path("tiny-yolov3.onnx"))
    monkeypatch.setenv("STREAMDESNOW_DETECTORS", str(Path.cwd()))
    result = run("detection", "--set", "cameras.street.source={size: 160x96, duration: 400ms}")
    assert result.exit_code == 0, result.output
    assert set(sizes("out/detection")) >= {"detection.mp4", "cleaned.mp4"}
    events = Path("out/detection/events/street/events.jsonl").read_text().splitlines()
    assert [json.loads(event)["event"] for event in events] == ["enter", "leave"]


def test_streets_are_shown_live_without_any_camera() -> None:
    averaging(Path("models/fixed-camera-small"))
    small = [f"--set=cameras.{name}.source.size=160x96" for name in ("north", "south")]
    address = f"127.0.0.1:{free_port()}"
    result = run("page", *small, "--frames", "5", "--web", address)
    assert result.exit_code == 0, result.output
    assert f"web: http://{address}" in result.output


def test_detection_without_weights_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(Path.cwd()))
    result = run("detection")
    assert result.exit_code == 4
    assert "streamdesnow models import" in result.output


def test_several_cameras_share_a_network() -> None:
    folder = Path("clips")
    folder.mkdir()
    write_clip(folder / "stream1.mp4", 50)
    with RtspServer(folder) as server:
        sources = [f"--set=cameras.{name}.source={server.url('stream1.mp4')}" for name in ("gate", "yard")]
        street = "--set=cameras.street.source={size: 160x96, duration: 1s}"
        result = run("multi-camera", *sources, street, "--frames", "5")
    assert result.exit_code == 0, result.output
    for camera in ("gate", "yard", "street"):
        assert sizes(f"recordings/{camera}")
    assert "index.m3u8" in sizes("hls/yard")
    assert not Path("hls/street").exists()
