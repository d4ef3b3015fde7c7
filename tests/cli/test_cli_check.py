"""`streamdesnow check` validates and summarises."""

from __future__ import annotations

from pathlib import Path

import pytest
from fixed_detector import write_detector
from tiny_models import averaging
from typer.testing import CliRunner, Result

from streamdesnow.cli.app import build_app

ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def models(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A model of the default's name, so that these tests do not depend on what ships."""
    averaging(tmp_path / "models" / "fixed-camera")
    monkeypatch.setenv("STREAMDESNOW_MODELS", str(tmp_path / "models"))


def check(*arguments: str | Path, **environ: str) -> Result:
    return CliRunner().invoke(build_app(), ["check", *map(str, arguments)], env={"COLUMNS": "200", **environ})


@pytest.mark.parametrize("name", ["demo", "file", "rtsp", "multi-camera"])
def test_shipped_files_pass(name: str) -> None:
    result = check(ROOT / "pipelines" / f"{name}.yaml")
    assert result.exit_code == 0, result.output
    assert "no problems found" in result.output


def test_the_page_is_named_with_who_may_look() -> None:
    path = ROOT / "pipelines" / "rtsp.yaml"
    assert "http://127.0.0.1:8080, no password" in check(path).output
    locked = check(path, "--set", "web.listen=0.0.0.0:81", "--set", "web.password=s3cret").output
    assert "http://0.0.0.0:81, for streamdesnow with a password" in locked
    assert "s3cret" not in locked


def test_detection_is_checked_with_its_weights(tmp_path: Path) -> None:
    weights = {"STREAMDESNOW_DETECTORS": str(tmp_path), "XDG_DATA_HOME": str(tmp_path)}
    path = ROOT / "pipelines" / "detection.yaml"
    missing = check(path, **weights)
    assert missing.exit_code == 2
    assert "detect.model: no detector 'tiny-yolov3'" in missing.output
    assert "streamdesnow models import" in missing.output
    write_detector(tmp_path / "tiny-yolov3.onnx")
    result = check(path, **weights)
    assert result.exit_code == 0, result.output
    assert "tiny-yolov3" in result.output


def test_the_summary_shows_cameras_outputs_model_and_engine_but_no_password() -> None:
    result = check(ROOT / "pipelines" / "rtsp.yaml", GATE_PASSWORD="se/cret")
    lines = [line.split() for line in result.stdout.splitlines()]
    assert ["camera", "gate", "rtsp://10.0.0.5/stream1,", "with", "a", "login"] in lines
    assert ["output", "hls", "hls/{camera}", "(clean)"] in lines
    assert any(line[:2] == ["model", "fixed-camera"] for line in lines)
    assert any(line[:2] == ["engine", "auto"] for line in lines)
    assert "cret" not in result.output


def test_all_errors_are_listed_with_exit_code_2(tmp_path: Path) -> None:
    path = tmp_path / "p.yaml"
    path.write_text("cameras:\n  gate: {sorce: a}\noutputs:\n  - recrod: {}\n")
    result = check(path)
    assert result.exit_code == 2
    assert f"{path}:2:10: cameras.gate.sorce: unknown key; did you mean 'source'?" in result.stderr
    assert f"{path}:4:5: outputs.0.recrod: unknown key; did you mean 'record'?" in result.stderr
    assert "Traceback" not in result.stderr


def test_models_that_are_not_there_are_errors_at_their_keys(tmp_path: Path) -> None:
    path = tmp_path / "p.yaml"
    path.write_text("cameras:\n  gate: {source: a, model: papre}\nmodel: none\noutputs: [{record: {}}]\n")
    result = check(path)
    assert result.exit_code == 2
    assert f"{path}:2:28: cameras.gate.model: there is no model 'papre'" in result.stderr
    assert f"{path}:3:8: model: there is no model 'none'" in result.stderr


def test_models_that_are_not_there_are_listed_with_whatever_else_is_wrong(tmp_path: Path) -> None:
    path = tmp_path / "p.yaml"
    path.write_text(
        "model: ${MODEL}\ncameras:\n  gate: {sorce: a, model: papre}\n  yard: 3\n  8: {model: 4}\n"
        "outputs: [{record: {}}]\n"
    )
    result = check(path)
    assert result.exit_code == 2
    assert f"{path}:3:10: cameras.gate.sorce: unknown key; did you mean 'source'?" in result.stderr
    assert f"{path}:3:27: cameras.gate.model: there is no model 'papre'" in result.stderr
    assert result.stderr.count(f"{path}:1:") == 1, "a variable that is not set, and no model of its name"


@pytest.mark.parametrize("text", ["cameras: 3\nmodel: [a]\n", "- model: none\n", "none\n"])
def test_models_are_looked_for_in_files_of_any_shape(tmp_path: Path, text: str) -> None:
    path = tmp_path / "p.yaml"
    path.write_text(text)
    result = check(path)
    assert result.exit_code == 2
    assert "Traceback" not in result.stderr


def test_run_says_where_a_model_is_named_that_is_not_there(tmp_path: Path) -> None:
    path = tmp_path / "p.yaml"
    path.write_text("cameras:\n  gate: {source: a, model: papre}\noutputs: [{record: {}}]\n")
    result = CliRunner().invoke(build_app(), ["run", str(path)])
    assert result.exit_code == 4
    assert f"{path}:2:28: cameras.gate.model: there is no model 'papre'" in result.stderr


def test_the_shipped_camera_takes_an_address_with_a_login_or_a_file() -> None:
    for source in ("rtsp://me:pw@10.0.0.5/live", "street.mp4"):
        result = check("rtsp", "--set", f"cameras.gate.source={source}")
        assert result.exit_code == 0, result.stderr


def test_detection_can_be_left_out_of_a_shipped_file() -> None:
    result = check("detection", "--set", "detect=null")
    assert result.exit_code == 0, result.stderr
    assert "detect" not in result.stdout.replace("detection", "")


def test_set_changes_what_is_checked() -> None:
    demo = ROOT / "pipelines" / "demo.yaml"
    good = check(demo, "--set", "cameras.street.source.snow=light", "--set", "engine.require=cuda")
    assert "light snow" in good.output
    assert "cuda required" in good.output
    bad = check(demo, "--set", "cameras.street.source.snow=lihgt")
    assert bad.exit_code == 2
    assert "--set cameras.street.source.snow: expected 'none', 'light'" in bad.stderr


def test_a_camera_that_no_output_takes_is_noted(tmp_path: Path) -> None:
    path = tmp_path / "p.yaml"
    path.write_text(
        "cameras: {a: {source: a.mp4}, b: {source: b.mp4}}\noutputs: [{record: {cameras: [a]}}]\n"
    )
    result = check(path)
    assert result.exit_code == 0
    assert "b.mp4; no output takes it" in result.stdout
    assert "a.mp4; no output" not in result.stdout


def test_every_kind_of_output_is_summarised(tmp_path: Path) -> None:
    path = tmp_path / "p.yaml"
    path.write_text(
        "cameras: {a: {source: b.mp4, model: fixed-camera}, c: {source: {duration: 0}}}\n"
        "outputs:\n"
        "  - record: {keep: 2h, max_size: 1GB}\n"
        "  - images: {cameras: [a], show: before}\n"
        "  - push: {url: 'srt://me:secret@h:9000/{camera}?passphrase=secret'}\n"
        "  - null:\n"
    )
    result = check(path)
    for words in ("keep 2h, at most 1GB", "(before), only a", "srt://h:9000", "thrown away", "endless"):
        assert words in result.stdout
    assert "secret" not in result.output
