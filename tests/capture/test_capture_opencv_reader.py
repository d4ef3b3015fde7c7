"""OpenCV reads what PyAV reads, where it is asked to."""

from __future__ import annotations

from pathlib import Path

import pytest
from clips import read_number, write_clip

from streamdesnow.capture.make_reader import make_reader
from streamdesnow.capture.opencv_reader import OpenCvReader
from streamdesnow.capture.spec import SourceSpec
from streamdesnow.config.camera import CameraConfig
from streamdesnow.errors import SourceNotFound, SourceUnreachable, SourceUnsupported


def opened(source: str) -> OpenCvReader:
    reader = make_reader(SourceSpec.from_config("gate", CameraConfig(source=source, reader="opencv")))
    assert isinstance(reader, OpenCvReader)
    reader.open()
    return reader


def test_a_film_is_read_whole_with_its_times(tmp_path: Path) -> None:
    reader = opened(str(write_clip(tmp_path / "clip.mp4", 20)))
    frames = list(iter(reader.read, None))
    assert [read_number(frame.image) for frame in frames] == list(range(20))
    times = [float(frame.pts * frame.time_base) for frame in frames]
    assert times == pytest.approx([number / 25 for number in range(20)], abs=1e-6)
    assert (reader.info.frames, reader.info.width, reader.info.fps) == (20, 320, 25)
    reader.close()


def test_failures_have_the_same_names_as_with_pyav(tmp_path: Path) -> None:
    (tmp_path / "text.mp4").write_text("not a video " * 100)
    with pytest.raises(SourceUnsupported, match=r"text\.mp4"):
        opened(str(tmp_path / "text.mp4"))
    with pytest.raises(SourceNotFound):
        opened(str(tmp_path / "gone.mp4"))
    with pytest.raises(SourceUnreachable, match="refuses"):
        opened("rtsp://127.0.0.1:1/x")


def test_a_device_that_is_not_there_is_named() -> None:
    reader = make_reader(SourceSpec.from_config("gate", CameraConfig(source="device:93")))
    with pytest.raises(SourceNotFound, match="/dev/video93"):
        reader.open()


def test_a_device_that_is_no_camera_is_said_to_be_none() -> None:
    reader = make_reader(SourceSpec.from_config("gate", CameraConfig(source="device:/dev/null")))
    with pytest.raises(SourceUnreachable, match="/dev/null"):
        reader.open()
