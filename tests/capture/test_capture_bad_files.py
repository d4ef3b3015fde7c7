"""A file that cannot be read says what is wrong with it."""

from __future__ import annotations

import contextlib
import errno
import os
import random
import wave
from pathlib import Path

import pytest
from clips import write_clip

from streamdesnow.capture.av_errors import translate
from streamdesnow.capture.av_reader import AvReader
from streamdesnow.capture.kinds import SourceKind
from streamdesnow.capture.spec import SourceSpec
from streamdesnow.errors import CaptureError, SourceDamaged, SourceNotFound, SourceRefused, SourceUnsupported


def failure(path: Path) -> CaptureError:
    with pytest.raises(CaptureError) as caught, AvReader.for_file(path) as reader:
        list(reader)
    assert str(path) in str(caught.value)
    return caught.value


def test_a_missing_file_is_not_found(tmp_path: Path) -> None:
    assert isinstance(failure(tmp_path / "nothing.mp4"), SourceNotFound)


def test_an_empty_file_is_damaged(tmp_path: Path) -> None:
    (tmp_path / "empty.mp4").touch()
    error = failure(tmp_path / "empty.mp4")
    assert isinstance(error, SourceDamaged)
    assert "empty" in str(error)


@pytest.mark.parametrize("text", ["just words\n" * 500, "Ünïcödé – nöt ä vïdëö\n" * 300, "x"])
def test_text_called_mp4_is_not_a_video(tmp_path: Path, text: str) -> None:
    (tmp_path / "text.mp4").write_text(text)
    error = failure(tmp_path / "text.mp4")
    assert isinstance(error, SourceUnsupported)
    assert "text" in str(error)


def test_noise_is_not_a_video(tmp_path: Path) -> None:
    (tmp_path / "noise.mkv").write_bytes(bytes(range(256)) * 50)
    assert isinstance(failure(tmp_path / "noise.mkv"), SourceUnsupported)


def test_sound_is_not_a_video(tmp_path: Path) -> None:
    with wave.open(str(tmp_path / "sound.wav"), "wb") as sound:
        sound.setparams((1, 2, 8000, 0, "NONE", ""))
        sound.writeframes(bytes(16000))
    error = failure(tmp_path / "sound.wav")
    assert isinstance(error, SourceUnsupported)
    assert "audio" in str(error)


def test_an_mp4_without_its_index_was_cut_off(tmp_path: Path) -> None:
    clip = write_clip(tmp_path / "clip.mp4", 50)
    clip.write_bytes(clip.read_bytes()[: clip.stat().st_size // 2])
    error = failure(clip)
    assert isinstance(error, SourceDamaged)
    assert "moov" in str(error)


def test_a_matroska_header_with_nothing_behind_it_is_damaged(tmp_path: Path) -> None:
    clip = write_clip(tmp_path / "clip.mkv", 10)
    clip.write_bytes(clip.read_bytes()[:40])
    assert isinstance(failure(clip), SourceDamaged)


def test_a_video_without_a_readable_frame_is_damaged(tmp_path: Path) -> None:
    clip = write_clip(tmp_path / "clip.mp4", 20)
    data = clip.read_bytes()
    start, end = data.index(b"mdat") + 4, data.index(b"moov") - 4
    clip.write_bytes(data[:start] + bytes(end - start) + data[end:])
    assert isinstance(failure(clip), SourceDamaged)


def test_a_codec_that_nobody_knows_is_unsupported(tmp_path: Path) -> None:
    clip = write_clip(tmp_path / "clip.mkv", 10)
    clip.write_bytes(clip.read_bytes().replace(b"V_MPEG4/ISO/AVC", b"V_MPEG4/ISO/XYZ"))
    error = failure(clip)
    assert isinstance(error, SourceUnsupported)
    assert "codec" in str(error)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read_is_refused(tmp_path: Path) -> None:
    clip = write_clip(tmp_path / "clip.mp4", 2)
    clip.chmod(0)
    assert isinstance(failure(clip), SourceRefused)


def test_a_film_that_is_cut_off_gives_the_frames_it_has(tmp_path: Path) -> None:
    clip = write_clip(tmp_path / "clip.mkv", 40)
    clip.write_bytes(clip.read_bytes()[: clip.stat().st_size * 2 // 3])
    with AvReader.for_file(clip) as reader:
        assert 10 < len(list(reader)) < 40


def test_a_disk_that_fails_half_way_says_after_which_frame(tmp_path: Path) -> None:
    spec = SourceSpec(camera="gate", kind=SourceKind.FILE, location=str(tmp_path / "clip.mp4"))
    error = translate(OSError(errno.EIO, "Input/output error"), spec, decoded=20)
    assert isinstance(error, SourceDamaged)
    assert "after frame 19: Input/output error" in str(error)


def test_random_damage_never_gives_any_other_kind_of_error(tmp_path: Path) -> None:
    chance = random.Random(4)
    clips = [
        write_clip(tmp_path / "a.mp4", 8, size=(64, 48)),
        write_clip(tmp_path / "a.mkv", 8, size=(64, 48)),
        write_clip(tmp_path / "a.avi", 8, size=(64, 48), codec="mpeg4"),
        write_clip(tmp_path / "a.gif", 8, size=(64, 48), codec="gif", pix_fmt="rgb8"),
    ]
    for _ in range(60):
        clip = chance.choice(clips)
        data = bytearray(clip.read_bytes())
        for _ in range(chance.choice((3, 30, 300))):
            data[chance.randrange(len(data))] = chance.randrange(256)
        bad = tmp_path / f"bad{clip.suffix}"
        bad.write_bytes(data)
        with contextlib.suppress(CaptureError), AvReader.for_file(bad) as reader:
            for _ in zip(range(50), reader, strict=False):
                pass
