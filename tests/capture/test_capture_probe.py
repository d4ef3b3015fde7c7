"""A source is opened, described and closed again, within a time."""

from __future__ import annotations

from pathlib import Path

import pytest
from clips import write_clip
from rtsp_server import RtspServer, SilentServer

from streamdesnow.capture.probe import probe_source
from streamdesnow.config.camera import CameraConfig, SimulatedConfig
from streamdesnow.errors import SourceNotFound, SourceRefused, SourceUnreachable


def test_a_file_is_described(tmp_path: Path) -> None:
    clip = write_clip(tmp_path / "clip.mp4", 50)
    info = probe_source("clip", CameraConfig(source=str(clip)))
    assert (info.codec, info.width, info.height, info.fps, info.frames) == ("h264", 320, 240, 25, 50)
    assert info.duration == pytest.approx(2.0)


def test_a_camera_is_described_or_says_why_not(tmp_path: Path) -> None:
    write_clip(tmp_path / "clip.mp4", 50)
    with RtspServer(tmp_path, username="gate", password="right") as server:
        address = server.url("clip.mp4")
        info = probe_source("gate", CameraConfig(source=address, username="gate", password="right"))
        assert (info.codec, info.width) == ("h264", 320)
        with pytest.raises(SourceRefused, match="gate"):
            probe_source("gate", CameraConfig(source=address, username="gate", password="wrong"))


def test_a_camera_that_never_answers_is_given_up() -> None:
    with SilentServer() as server, pytest.raises(SourceUnreachable, match="does not answer within 1 s"):
        probe_source("gate", CameraConfig(source=server.url()), timeout=1.0)


def test_a_missing_file_is_not_found(tmp_path: Path) -> None:
    with pytest.raises(SourceNotFound):
        probe_source("clip", CameraConfig(source=str(tmp_path / "gone.mp4")))


def test_a_simulated_camera_is_described() -> None:
    film = SimulatedConfig(size=(64, 48), fps=10, duration=2)
    info = probe_source("street", CameraConfig(source=film))
    assert (info.width, info.height, info.fps, info.frames) == (64, 48, 10, 20)
