"""The sound of a video goes along, and the pictures do not notice."""

from __future__ import annotations

import logging
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from clips import numbered_frames, read_number, write_clip_with_sound

from streamdesnow.capture.av_reader import AvReader
from streamdesnow.files import audio_track
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


def test_a_relative_name_with_a_colon_is_a_file_not_an_address(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    write_clip_with_sound(tmp_path / "2026-01-15T12:30:00.mp4", "aac")
    _written(Path("clean-12:30:00.mp4"), "h264")
    assert copy_sound(Path("2026-01-15T12:30:00.mp4"), Path("clean-12:30:00.mp4")) == 1
    assert _kinds(tmp_path / "clean-12:30:00.mp4") == ["video", "audio"]


@pytest.mark.parametrize("law", ["pcm_mulaw", "pcm_alaw"])
@pytest.mark.parametrize(
    ("name", "codec", "within"), [("a.mp4", "aac", 0.02), ("b.mkv", "flac", 0.0), ("c.mov", None, 0.0)]
)
def test_what_a_camera_hears_is_encoded_where_the_container_does_not_take_it(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, law: str, name: str, codec: str | None, within: float
) -> None:
    source, video = _beeping(tmp_path / "source.avi", law), _written(tmp_path / name, "h264")
    pictures = _seen(video)
    with caplog.at_level(logging.WARNING):
        assert copy_sound(source, video) == 1
    said = f"{law} becomes {codec.upper()}; .mov would keep it as it is" if codec else ""
    assert said in caplog.text
    assert bool(caplog.text) == bool(codec)
    (before, _), (after, kept_as) = _heard(source), _heard(video)
    assert kept_as == (codec or law)
    np.testing.assert_allclose(after[1000:7000], before[1000:7000], atol=within)
    assert _seen(video) == pictures


@pytest.mark.parametrize(
    ("codec", "name", "kept_as"), [("pcm_s16le", "a.mp4", "pcm_s16le"), ("flac", "b.mov", "aac")]
)
def test_what_a_muxer_lists_but_refuses_is_still_heard(
    tmp_path: Path, codec: str, name: str, kept_as: str
) -> None:
    """PCM whose channels are only counted into MP4; FLAC into MOV."""
    video = _written(tmp_path / name, "h264")
    assert copy_sound(write_clip_with_sound(tmp_path / "source.mkv", codec), video) == 1
    with av.open(str(video)) as container:
        assert container.streams.audio[0].codec_context.name == kept_as


def test_without_an_encoder_sound_is_left_out_and_a_warning_says_what_would_keep_it(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(audio_track, "_ENCODERS", {"mp4": "no-such-codec"})
    source, video = _beeping(tmp_path / "source.avi", "pcm_mulaw"), _written(tmp_path / "a.mp4", "h264")
    content = video.read_bytes()
    with caplog.at_level(logging.WARNING):
        assert copy_sound(source, video) == 0
    assert "sound" in caplog.text
    assert ".mov would keep it" in caplog.text
    assert video.read_bytes() == content
    assert not list(tmp_path.glob("*.part"))


def test_pixels_of_another_shape_keep_it(tmp_path: Path) -> None:
    source = write_clip_with_sound(tmp_path / "source.mp4", "aac")
    for name, codec in (("a.mp4", "h264"), ("b.mkv", "h264"), ("c.mp4", "ffv1")):
        with VideoWriter(tmp_path / name, codec) as writer:
            for number, image in enumerate(numbered_frames(3, (64, 48))):
                writer.write(image, number, Fraction(1, 25), Fraction(16, 11))
        assert copy_sound(source, tmp_path / name) == 1
        with AvReader.for_file(tmp_path / name) as reader:
            assert {frame.sar for frame in reader} == {Fraction(16, 11)}


def _beeping(path: Path, codec: str) -> Path:
    """A second of a tone that swells, as cameras send it, beside black."""
    moments = np.arange(8000) / 8000
    tone = (np.sin(2 * np.pi * 300 * moments) * moments * 12000).astype(np.int16)
    with av.open(str(path), "w") as container:
        picture = container.add_stream("mpeg4", rate=25)
        picture.width, picture.height, picture.pix_fmt = 64, 48, "yuv420p"
        sound = container.add_stream(codec, rate=8000)
        sound.layout = "mono"
        for number in range(25):
            black = av.VideoFrame.from_ndarray(np.zeros((48, 64, 3), np.uint8), format="bgr24")
            black.pts, black.time_base = number, Fraction(1, 25)
            container.mux(picture.encode(black))
            at = number * 320
            heard = av.AudioFrame.from_ndarray(tone[None, at : at + 320], format="s16", layout="mono")
            heard.sample_rate, heard.pts, heard.time_base = 8000, at, Fraction(1, 8000)
            container.mux(sound.encode(heard))
        container.mux(picture.encode(None))
        container.mux(sound.encode(None))
    return path


def _heard(path: Path) -> tuple[np.ndarray, str]:
    """Samples from time 0 on, -1..1, and the codec."""
    with av.open(str(path)) as container:
        sound = container.streams.audio[0]
        frames = list(container.decode(sound))
        assert frames[0].pts == 0
        samples = np.concatenate([frame.to_ndarray()[0] for frame in frames])
        scale = 32768 if samples.dtype == np.int16 else 1
        return samples.astype(np.float64) / scale, sound.codec_context.name
