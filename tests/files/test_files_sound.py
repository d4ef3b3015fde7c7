"""The sound of a video goes along, and the pictures do not notice."""

from __future__ import annotations

import logging
from fractions import Fraction
from pathlib import Path

import av
import pytest
from clips import numbered_frames, read_number, write_clip_with_sound

from streamdesnow.capture.av_reader import AvReader
from streamdesnow.files.sound import copy_sound
from streamdesnow.sinks.video_writer import VideoWriter


def _written(path: Path, codec: str) -> Path:
    with VideoWriter(path, codec) as writer:
        for number, image in enumerate(numbered_frames(40, (64, 48))):
            writer.write(image, number * 40, Fraction(1, 1000))
    return path


def _seen(path: Path) -> list[tuple[int, Fraction]]:
    with AvReader.for_file(path) as reader:
        return [(read_number(frame.image), frame.pts * frame.time_base) for frame in reader]


def _kinds(path: Path) -> list[str]:
    with av.open(str(path)) as container:
        return [stream.type for stream in container.streams]


@pytest.mark.parametrize(
    ("name", "codec"),
    [("a.mp4", "h264"), ("b.mov", "h264"), ("c.mkv", "h264"), ("d.mkv", "ffv1"), ("e.mp4", "ffv1")],
)
def test_sound_is_added_and_pictures_stay_where_they_are(tmp_path: Path, name: str, codec: str) -> None:
    source = write_clip_with_sound(tmp_path / "source.mp4", "aac")
    video = _written(tmp_path / name, codec)
    before = _seen(video)
    assert copy_sound(source, video) == 1
    assert _kinds(video) == ["video", "audio"]
    assert _seen(video) == before
    assert [number for number, _ in before] == list(range(40))
    assert {path.name for path in tmp_path.iterdir()} == {"source.mp4", name}


def test_a_silent_source_changes_nothing(tmp_path: Path) -> None:
    video = _written(tmp_path / "a.mp4", "h264")
    content = video.read_bytes()
    assert copy_sound(_written(tmp_path / "b.mp4", "h264"), video) == 0
    assert video.read_bytes() == content


def test_sound_that_the_container_does_not_take_is_left_out_with_a_warning(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    video = _written(tmp_path / "a.mp4", "h264")
    content = video.read_bytes()
    with caplog.at_level(logging.WARNING):
        assert copy_sound(write_clip_with_sound(tmp_path / "source.mkv", "pcm_s16le"), video) == 0
    assert "sound" in caplog.text
    assert video.read_bytes() == content
    assert not list(tmp_path.glob("*.part"))
