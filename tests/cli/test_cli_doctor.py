"""`streamdesnow doctor` prints findings and exits as a pipeline would."""

from __future__ import annotations

import shutil
from pathlib import Path
from types import SimpleNamespace

import pytest
from rtsp_server import free_port
from tiny_models import averaging
from typer.testing import CliRunner, Result

from streamdesnow.cli.app import build_app


@pytest.fixture(autouse=True)
def models(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A model of the default's name, so that these tests do not depend on what ships."""
    averaging(tmp_path / "models" / "fixed-camera")
    monkeypatch.setenv("STREAMDESNOW_MODELS", str(tmp_path / "models"))


@pytest.fixture(autouse=True)
def room(monkeypatch: pytest.MonkeyPatch) -> None:
    """Room on the disk, so that these tests do not depend on how full it is."""
    monkeypatch.setattr(shutil, "disk_usage", lambda path: SimpleNamespace(free=10**11))


def doctor(*arguments: str) -> Result:
    return CliRunner().invoke(build_app(), ["doctor", *arguments])


def test_without_a_pipeline_it_looks_at_the_machine() -> None:
    result = doctor()
    assert result.exit_code == 0, result.output
    for words in ("Libraries", "av: ", "CPU: ", "Engines, fastest first", "this one will run", "H.264: "):
        assert words in result.stdout
    assert "Cameras" not in result.stdout


def test_a_camera_that_does_not_answer_gives_advice_and_exit_code_3(tmp_path: Path) -> None:
    path = tmp_path / "p.yaml"
    path.write_text(
        "cameras:\n"
        f"  gate: {{source: 'rtsp://me:se%2Fcret@127.0.0.1:{free_port()}/a'}}\n"
        "outputs:\n"
        f"  - record: {{directory: '{tmp_path}/out'}}\n"
    )
    result = doctor(str(path), "--timeout", "20")
    assert result.exit_code == 3
    assert "FAIL gate: rtsp://127.0.0.1" in result.stdout
    assert "-> no connection" in result.stdout
    assert "ok   record[gate]" in result.stdout
    assert "cret" not in result.output


def test_a_detector_without_weights_is_in_the_way(tmp_path: Path) -> None:
    path = tmp_path / "p.yaml"
    path.write_text(
        f"cameras: {{gate: {{source: {{scene: street}}}}}}\ndetect: {{model: {tmp_path}/none.onnx}}\n"
        "outputs:\n  - 'null':\n"
    )
    result = doctor(str(path))
    assert result.exit_code == 4, result.output
    assert "FAIL detector: " in result.stdout


def test_a_wrong_pipeline_file_ends_it_before_anything_is_tried(tmp_path: Path) -> None:
    path = tmp_path / "p.yaml"
    path.write_text("cameras: {}\n")
    result = doctor(str(path))
    assert result.exit_code == 2
    assert "Libraries" not in result.stdout
