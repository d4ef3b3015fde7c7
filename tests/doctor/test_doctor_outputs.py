"""Doctor tries engines, encoders, folders and servers."""

from __future__ import annotations

import shutil
import socket
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from rtsp_server import free_port
from tiny_models import blur

from streamdesnow.capture.hardware import DECODERS
from streamdesnow.config.engine import EngineConfig
from streamdesnow.config.pipeline import PipelineConfig
from streamdesnow.config.web import WebConfig
from streamdesnow.doctor.decoders import decoder_findings
from streamdesnow.doctor.encoders import encoder_findings
from streamdesnow.doctor.engines import engine_findings
from streamdesnow.doctor.finding import Finding, Level
from streamdesnow.doctor.outputs import output_findings
from streamdesnow.doctor.web import web_finding


def outputs(
    *sections: dict[str, Any], cameras: tuple[str, ...] = ("gate",), **more: object
) -> dict[str, Finding]:
    sources = {name: {"source": "a.mp4"} for name in cameras}
    config = PipelineConfig.model_validate({"cameras": sources, "outputs": list(sections), **more})
    return {finding.subject: finding for finding in output_findings(config)}


def disk(monkeypatch: pytest.MonkeyPatch, free: int) -> None:
    """Give the disk so many free bytes, whatever this machine has."""
    monkeypatch.setattr(shutil, "disk_usage", lambda path: SimpleNamespace(free=free))


@pytest.fixture(autouse=True)
def room(monkeypatch: pytest.MonkeyPatch) -> None:
    disk(monkeypatch, 10**11)


def test_folders_that_can_be_made_are_fine_and_not_made(tmp_path: Path) -> None:
    found = outputs({"record": {"directory": str(tmp_path / "new" / "{camera}")}}, cameras=("a", "b"))
    assert list(found) == ["record[a]", "record[b]"]
    assert {finding.level for finding in found.values()} == {Level.GOOD}
    assert list(tmp_path.iterdir()) == []


def test_a_folder_below_a_file_is_a_problem(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    finding = outputs({"hls": {"directory": str(tmp_path / "file" / "x")}})["hls[gate]"]
    assert (finding.level, finding.exit_code) == (Level.PROBLEM, 5)


def test_a_limit_above_the_free_space_is_noted(tmp_path: Path) -> None:
    finding = outputs({"record": {"directory": str(tmp_path), "max_size": "9000TB"}})["record[gate]"]
    assert finding.level is Level.NOTE
    assert "max_size is 9000TB" in finding.advice


def test_a_disk_that_is_nearly_full_is_noted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    disk(monkeypatch, 10**9)
    finding = outputs({"record": {"directory": str(tmp_path)}})["record[gate]"]
    assert finding.level is Level.NOTE
    assert finding.text.endswith("1 GB free")
    assert "little space" in finding.advice


def test_recordings_that_are_there_make_room_for_those_to_come(tmp_path: Path) -> None:
    limit = 10**11 + 10**12
    folder = tmp_path / "2026-01-01"
    folder.mkdir()
    section = {"record": {"directory": str(tmp_path), "max_size": limit}}
    assert outputs(section)["record[gate]"].level is Level.NOTE
    with (folder / "10-00-00.mp4").open("wb") as file:
        file.truncate(2 * 10**12)  # takes no room
    assert outputs(section)["record[gate]"].level is Level.GOOD


def test_servers_that_are_pushed_to_are_knocked_at() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        url = f"rtsp://me:secret@127.0.0.1:{server.getsockname()[1]}/x"
        finding = outputs({"push": {"url": url}})["push[gate]"]
        assert (finding.level, "secret" in finding.text) == (Level.GOOD, False)
    finding = outputs({"push": {"url": f"rtmp://127.0.0.1:{free_port()}/x"}})["push[gate]"]
    assert (finding.level, finding.exit_code) == (Level.PROBLEM, 5)
    assert "Connection refused" in finding.text


def test_servers_that_cannot_be_asked_are_not_accused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("streamdesnow.doctor.outputs.load_libsrt", lambda: None)
    finding = outputs({"push": {"url": "srt://127.0.0.1:9"}}, {"null": {}})["push[gate]"]
    assert finding.level is Level.GOOD


def test_what_srt_needs_on_this_side_is_looked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("streamdesnow.sinks.srt._NAMES", ("libnone.so",))
    finding = outputs({"push": {"url": "srt://127.0.0.1:9"}})["push[gate]"]
    assert (finding.level, finding.exit_code) == (Level.PROBLEM, 5)
    assert "libsrt" in finding.text


def test_the_folder_of_events_is_looked_at_too() -> None:
    found = outputs({"null": {}}, detect={"events": {"directory": "/proc/events/{camera}"}})
    assert found["events[gate]"].level is Level.PROBLEM


def test_the_page_needs_an_address_that_is_free() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        taken = f"127.0.0.1:{server.getsockname()[1]}"
        finding = web_finding(WebConfig(listen=taken))
        assert (finding.level, finding.exit_code) == (Level.NOTE, 0)
        assert "address already in use" in finding.text
    found = web_finding(WebConfig.model_validate({"listen": "0.0.0.0:0", "password": "x"}))
    assert found.level is Level.GOOD
    assert found.text.endswith("user streamdesnow from other machines too")


def test_every_model_that_a_pipeline_names_must_be_there(tmp_path: Path) -> None:
    model = blur(tmp_path / "blur")
    *others, last = engine_findings([str(model), "nope"], EngineConfig())
    assert all(finding.level is not Level.PROBLEM for finding in others)
    assert (last.level, last.exit_code) == (Level.PROBLEM, 4)
    assert "nope" in last.text


def test_engines_are_tried_and_the_chosen_one_is_marked(tmp_path: Path) -> None:
    model = blur(tmp_path / "blur")
    found = list(engine_findings([str(model)], EngineConfig()))
    assert sum("this one will run" in finding.advice for finding in found) == 1
    assert all(finding.level is not Level.PROBLEM for finding in found)


def test_no_engine_that_fits_is_a_problem_with_advice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "99")
    model = blur(tmp_path / "blur")
    *_, last = engine_findings([str(model)], EngineConfig(require="tensorrt"))
    assert (last.level, last.exit_code) == (Level.PROBLEM, 4)
    assert "streamdesnow[gpu]" in last.advice


def test_a_model_that_is_not_there_is_a_problem() -> None:
    (finding,) = engine_findings(["./none"], EngineConfig())
    assert (finding.level, finding.exit_code) == (Level.PROBLEM, 4)


def test_the_decoder_that_will_be_used_is_named_with_why_not_another() -> None:
    found = {finding.subject: finding for finding in decoder_findings()}
    assert set(found) == {"H.264 decoder", "H.265 decoder"}
    for finding in found.values():
        assert finding.level is Level.GOOD
        assert finding.text.split()[0] in {"software", *DECODERS}


def test_the_encoder_that_will_be_used_is_named() -> None:
    found = {finding.subject: finding.text for finding in encoder_findings()}
    assert found["H.264"] in ("libx264", "h264_nvenc")
    assert found["H.265"] in ("libx265", "hevc_nvenc")
