"""What a `source:` leads to is told from how it is written."""

from __future__ import annotations

from pathlib import Path

import pytest

from streamdesnow.capture.kinds import SourceKind, detect_kind, is_live, local_path


@pytest.mark.parametrize(
    ("source", "kind"),
    [
        ("rtsp://10.0.0.5/stream1", SourceKind.STREAM),
        ("rtsps://10.0.0.5/stream1", SourceKind.STREAM),
        ("https://host/live.m3u8", SourceKind.STREAM),
        ("srt://host:9000", SourceKind.STREAM),
        ("device:0", SourceKind.DEVICE),
        ("device:/dev/video2", SourceKind.DEVICE),
        ("clips/street.mp4", SourceKind.FILE),
        ("a:b.mp4", SourceKind.FILE),
        ("nothing-there", SourceKind.FILE),
        ("film.gif", SourceKind.FILE),
        ("file:///films/street.mp4", SourceKind.FILE),
        ("photo.JPG", SourceKind.IMAGES),
        ("frames/*.png", SourceKind.IMAGES),
        ("frames/[0-9]*.tif", SourceKind.IMAGES),
    ],
)
def test_kinds_are_told_apart(source: str, kind: SourceKind) -> None:
    assert detect_kind(source) is kind


def test_a_folder_holds_images(tmp_path: Path) -> None:
    assert detect_kind(str(tmp_path)) is SourceKind.IMAGES


def test_a_file_whose_name_looks_like_a_glob_is_a_file(tmp_path: Path) -> None:
    (tmp_path / "[1].mp4").touch()
    assert detect_kind(str(tmp_path / "[1].mp4")) is SourceKind.FILE


@pytest.mark.parametrize(
    ("source", "live"),
    [
        ("rtsp://10.0.0.5/film.mp4", True),
        ("http://10.0.0.5/mjpeg", True),
        ("https://host/live.m3u8", True),
        ("https://host/film.mp4?token=1", False),
        ("https://host/FILM.MP4", False),
        ("http://host/camera.ts", True),
    ],
)
def test_streams_are_live_unless_they_are_films_far_away(source: str, live: bool) -> None:
    assert is_live(SourceKind.STREAM, source) is live


def test_files_are_not_live_and_devices_are() -> None:
    assert not is_live(SourceKind.FILE, "clip.mp4")
    assert is_live(SourceKind.DEVICE, "device:0")


def test_a_file_url_is_a_path() -> None:
    assert local_path("file:///films/a%20b.mp4") == Path("/films/a b.mp4")
