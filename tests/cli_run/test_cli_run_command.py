from __future__ import annotations

import json
import signal
from pathlib import Path

import pytest
import yaml
from rtsp_server import free_port
from tiny_models import inverting
from typer.testing import CliRunner, Result

from streamdesnow.cli.app import build_app

CAMERA = {"size": "64x48", "duration": "1s", "snow": "light"}


@pytest.fixture
def pipeline(tmp_path: Path) -> Path:
    path = tmp_path / "pipeline.yaml"
    sections = {
        "model": str(inverting(tmp_path / "inverting")),
        "engine": {"backend": "onnxruntime", "threads": 1},
        "cameras": {"street": {"source": CAMERA}},
        "outputs": [{"images": {"directory": str(tmp_path / "out"), "every": 5}}],
    }
    path.write_text(yaml.safe_dump(sections))
    return path


def run(pipeline: Path, *arguments: str) -> Result:
    return CliRunner().invoke(build_app(), ["run", str(pipeline), *arguments])


def test_the_summary_names_frames_engine_place_and_score(pipeline: Path, tmp_path: Path) -> None:
    result = run(pipeline, "--score")
    assert result.exit_code == 0, result.output
    assert "25 frames in" in result.stdout
    assert f"one in 5 of 25 frames to {tmp_path / 'out'}" in result.stdout
    assert "onnxruntime" in result.stdout
    assert "against the truth of 3 frames" in result.stdout
    assert "street: ended after 25 frames" in result.stderr
    assert len(list((tmp_path / "out").iterdir())) == 5


def test_values_of_the_file_can_be_overridden(pipeline: Path) -> None:
    result = run(pipeline, "--set", "cameras.street.source.duration=2s", "--frames", "30")
    assert result.exit_code == 0, result.output
    assert "30 frames in" in result.stdout


def test_a_page_can_be_asked_for_on_the_command_line(pipeline: Path) -> None:
    address = f"127.0.0.1:{free_port()}"
    result = run(pipeline, "--web", address)
    assert result.exit_code == 0, result.output
    assert f"web: http://{address}" in result.stderr


def test_an_address_in_brackets_needs_no_quotes(pipeline: Path) -> None:
    result = run(pipeline, "--web", f"[::1]:{free_port()}")
    assert result.exit_code == 0, result.output
    assert "web: " in result.stderr


def test_a_page_for_everybody_has_to_be_meant(pipeline: Path) -> None:
    result = run(pipeline, "--web", "0.0.0.0:8080")
    assert result.exit_code == 2
    assert "--set web.listen: whoever reaches this machine could watch your cameras" in result.stderr


def test_json_lines_are_all_there_is(pipeline: Path) -> None:
    result = run(pipeline, "--log-format", "json")
    assert result.stdout == ""
    entries = [json.loads(line) for line in result.stderr.splitlines()]
    assert entries[-1]["message"] == "finished with exit code 0"
    assert entries[-1]["data"]["cameras"][0]["frames_out"] == 25


def test_quiet_prints_nothing_when_all_is_well(pipeline: Path) -> None:
    result = run(pipeline, "--quiet")
    assert (result.exit_code, result.output) == (0, "")


def test_quiet_still_says_what_went_wrong(pipeline: Path) -> None:
    result = run(pipeline, "--quiet", "--set", "cameras.street.source=nowhere.mp4")
    assert result.exit_code == 3
    assert result.stdout == ""
    assert "nowhere.mp4" in result.stderr


def test_a_time_without_sense_is_an_error_of_usage(pipeline: Path) -> None:
    result = run(pipeline, "--duration", "soon")
    assert result.exit_code == 2
    assert "10min" in result.output


def test_a_wrong_pipeline_file_is_exit_code_2(pipeline: Path) -> None:
    result = run(pipeline, "--set", "cameras.street.sorce=x.mp4")
    assert result.exit_code == 2
    assert "sorce" in result.output


def test_signals_do_what_they_did_before_when_it_is_over(pipeline: Path) -> None:
    before = signal.getsignal(signal.SIGTERM)
    run(pipeline, "--frames", "1")
    assert signal.getsignal(signal.SIGTERM) == before
