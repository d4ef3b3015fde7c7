from __future__ import annotations

import logging
import shutil
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np
import pytest
from clips import numbered_frame
from sink_frames import probe

from streamdesnow.errors import ConfigError, EncoderUnavailable, SinkError, StorageFailed
from streamdesnow.frame import Image
from streamdesnow.sinks.containers import Codec
from streamdesnow.sinks.video_writer import VideoWriter

CLOCKS: dict[str, tuple[Fraction, list[int]]] = {
    "25 a second": (Fraction(1, 25), list(range(12))),
    "NTSC": (Fraction(1001, 30000), list(range(12))),
    "starting late": (Fraction(1, 90000), [123_456 + 3600 * n for n in range(12)]),
    "variable": (Fraction(1, 90000), [5, 9, 3001, 9000, 50_000, 50_001, 90_000, 900_000, 900_050, 8_000_000]),
    "microseconds": (Fraction(1, 1_000_000), [7 + 33_333 * n for n in range(12)]),
    "beyond 32 bits": (Fraction(1, 90000), [2**33 + 3600 * n for n in range(12)]),
    "odd time base": (Fraction(7, 48000), [900 * n for n in range(12)]),
    "film time base": (Fraction(1, 12288), [512 * n for n in range(12)]),
}


def noise(size: tuple[int, int], seed: int = 1) -> Image:
    return np.random.default_rng(seed).integers(0, 256, (size[1], size[0], 3), np.uint8)


def write(path: Path, codec: Codec, images: list[Image], clock: tuple[Fraction, list[int]]) -> None:
    time_base, stamps = clock
    with VideoWriter(path, codec, preset="ultrafast") as writer:
        for image, pts in zip(images, stamps, strict=False):
            writer.write(image, pts, time_base)


@pytest.mark.parametrize("clock", CLOCKS.values(), ids=CLOCKS)
@pytest.mark.parametrize(
    ("codec", "suffix"), [("h264", ".mp4"), ("h264", ".mov"), ("h265", ".mp4"), ("ffv1", ".mp4")]
)
def test_every_frame_keeps_its_time_exactly(
    tmp_path: Path, codec: Codec, suffix: str, clock: tuple[Fraction, list[int]]
) -> None:
    path = tmp_path / f"x{suffix}"
    time_base, stamps = clock
    write(path, codec, [numbered_frame(n, (96, 48)) for n in range(12)], clock)
    video = probe(path)
    assert video.times == [pts * time_base for pts in stamps]
    assert video.numbers == list(range(len(stamps)))


@pytest.mark.parametrize("frames", [1, 2, 3])
@pytest.mark.parametrize("codec", ["h264", "h265", "ffv1"])
def test_the_shortest_videos_are_complete_too(tmp_path: Path, codec: Codec, frames: int) -> None:
    write(tmp_path / "x.mp4", codec, [numbered_frame(n, (96, 48)) for n in range(frames)], CLOCKS["NTSC"])
    video = probe(tmp_path / "x.mp4")
    assert video.numbers == list(range(frames))
    assert video.times == [n * Fraction(1001, 30000) for n in range(frames)]


@pytest.mark.parametrize("clock", CLOCKS.values(), ids=CLOCKS)
def test_matroska_keeps_milliseconds_and_says_so_where_that_is_not_enough(
    tmp_path: Path, clock: tuple[Fraction, list[int]], caplog: pytest.LogCaptureFixture
) -> None:
    time_base, stamps = clock
    write(tmp_path / "x.mkv", "h264", [numbered_frame(n, (96, 48)) for n in range(12)], clock)
    video = probe(tmp_path / "x.mkv")
    exact = [pts * time_base for pts in stamps]
    assert len(video.times) == len(exact)
    assert all(abs(found - time) <= Fraction(2, 1000) for found, time in zip(video.times, exact, strict=True))
    assert ("rounded" in caplog.text) == any(time % Fraction(1, 1000) for time in exact)


@pytest.mark.parametrize("suffix", [".mp4", ".mkv"])
@pytest.mark.parametrize("size", [(64, 48), (63, 47), (1, 1)])
def test_ffv1_is_bit_exact(tmp_path: Path, suffix: str, size: tuple[int, int]) -> None:
    path, images = tmp_path / f"x{suffix}", [noise(size, seed) for seed in range(5)]
    write(path, "ffv1", images, CLOCKS["25 a second"])
    video = probe(path)
    assert video.codec == "ffv1"
    assert video.size == size
    assert all(np.array_equal(found, image) for found, image in zip(video.images, images, strict=True))


def test_opencv_reads_ffv1_bit_exactly_too(tmp_path: Path) -> None:
    image = noise((64, 48))
    write(tmp_path / "x.mkv", "ffv1", [image], CLOCKS["25 a second"])
    capture = cv2.VideoCapture(str(tmp_path / "x.mkv"))
    assert np.array_equal(capture.read()[1], image)
    capture.release()


def test_h264_grows_odd_sizes_and_says_so_once(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    write(tmp_path / "x.mp4", "h264", [numbered_frame(n, (97, 49)) for n in range(3)], CLOCKS["25 a second"])
    assert probe(tmp_path / "x.mp4").size == (98, 50)
    assert caplog.text.count("98x50") == 1


def test_time_stamps_before_zero_lose_no_frame(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    clock = Fraction(1, 1000), [-80, -40, 0, 40]
    write(tmp_path / "x.mp4", "h264", [numbered_frame(n, (96, 48)) for n in range(4)], clock)
    video = probe(tmp_path / "x.mp4")
    assert video.numbers == [0, 1, 2, 3]
    assert video.times == [Fraction(n, 25) for n in range(4)]
    assert "moved up by 0.08 s" in caplog.text


def test_time_stamps_that_do_not_grow_lose_no_frame(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    clock = Fraction(1, 1000), [0, 40, 40, 20, 160]
    write(tmp_path / "x.mp4", "h264", [numbered_frame(n, (96, 48)) for n in range(5)], clock)
    video = probe(tmp_path / "x.mp4")
    assert video.numbers == [0, 1, 2, 3, 4]
    assert [time * 1000 for time in video.times] == [0, 40, 41, 42, 160]
    assert "does not grow" in caplog.text


def test_the_last_frame_lasts_as_long_as_the_one_before_it(tmp_path: Path) -> None:
    clock = Fraction(1, 1000), [0, 100, 200, 700]
    write(tmp_path / "x.mp4", "h264", [numbered_frame(n, (96, 48)) for n in range(4)], clock)
    assert probe(tmp_path / "x.mp4").duration == pytest.approx(1.2, abs=0.01)


def test_pictures_of_another_size_are_fitted_and_said_so(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    images = [noise((64, 48)), np.full((100, 100, 3), 255, np.uint8)]
    write(tmp_path / "x.mp4", "ffv1", images, CLOCKS["25 a second"])
    fitted = probe(tmp_path / "x.mp4").images[1]
    assert fitted.shape == (48, 64, 3)
    assert (fitted[:, 8:56] == 255).all()
    assert not fitted[:, :8].any()
    assert caplog.text.count("fitted") == 1


def test_the_file_appears_when_it_is_complete(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "x.mp4"
    with VideoWriter(path) as writer:
        writer.write(noise((64, 48)), 0, Fraction(1, 25))
        assert [each.name for each in path.parent.iterdir()] == ["x.mp4.part"]
    writer.close()
    assert [each.name for each in path.parent.iterdir()] == ["x.mp4"]
    assert writer.frames == 1


def test_an_error_leaves_what_was_there_before(tmp_path: Path) -> None:
    path = tmp_path / "x.mp4"
    path.write_text("the old one")

    def fail_half_way() -> None:
        with VideoWriter(path) as writer:
            writer.write(noise((64, 48)), 0, Fraction(1, 25))
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fail_half_way()
    assert path.read_text() == "the old one"
    assert [each.name for each in tmp_path.iterdir()] == ["x.mp4"]


def test_without_a_frame_there_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(SinkError, match=r"x\.mp4: there was no frame"), VideoWriter(tmp_path / "x.mp4"):
        pass
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("codec", ["h264", "ffv1"])
def test_a_full_disk_is_named_and_leaves_nothing(small_disk: Path, codec: Codec) -> None:
    def fill() -> None:
        with VideoWriter(small_disk / "x.mkv", codec, quality=0) as writer:
            for n in range(1000):
                writer.write(noise((320, 240), n), n, Fraction(1, 25))

    with pytest.raises(StorageFailed, match=r"x\.mkv: no space left on device; free some space"):
        fill()
    assert list(small_disk.iterdir()) == []


def test_a_folder_that_vanishes_is_named(tmp_path: Path) -> None:
    folder = tmp_path / "gone"
    writer = VideoWriter(folder / "x.mp4")
    writer.write(noise((64, 48)), 0, Fraction(1, 25))
    shutil.rmtree(folder)
    with pytest.raises(StorageFailed, match=r"x\.mp4: .*deleted"):
        writer.close()


@pytest.mark.parametrize("where", ["folder", "file/x.mp4", "ro/x.mp4"])
def test_places_that_cannot_be_written_to_are_named_at_once(
    tmp_path: Path, read_only_disk: Path, where: str
) -> None:
    (tmp_path / "folder").with_suffix(".mp4").mkdir()
    (tmp_path / "file").touch()
    path = {"folder": tmp_path / "folder.mp4", "file/x.mp4": tmp_path / "file" / "x.mp4"}.get(
        where, read_only_disk / "x.mp4"
    )
    with pytest.raises(StorageFailed, match=str(path)):
        VideoWriter(path)


@pytest.mark.parametrize(
    ("name", "codec", "said"),
    [
        ("x.avi", "h264", r"x\.avi: AVI knows no time stamps.*\.mp4, \.m4v, \.mov, \.mkv"),
        ("x.webm", "h264", r"WebM takes neither"),
        ("x.mov", "ffv1", r"MOV takes no FFV1; choose one of \.mp4, \.m4v, \.mkv"),
        ("x.txt", "h264", r"\.txt names no video file"),
        ("x", "h264", r"the name has no ending; choose one of"),
    ],
)
def test_endings_that_do_not_fit_are_explained(tmp_path: Path, name: str, codec: Codec, said: str) -> None:
    with pytest.raises(ConfigError, match=said):
        VideoWriter(tmp_path / name, codec)
    assert list(tmp_path.iterdir()) == []


def test_a_size_that_the_encoder_refuses_leaves_nothing(tmp_path: Path) -> None:
    with (
        pytest.raises(EncoderUnavailable, match="libx265"),
        VideoWriter(tmp_path / "x.mp4", "h265") as writer,
    ):
        writer.write(noise((1, 1)), 0, Fraction(1, 25))
    assert list(tmp_path.iterdir()) == []


def test_files_play_on_apple_devices_too(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        write(tmp_path / "x.mp4", "h265", [noise((64, 48))], CLOCKS["25 a second"])
    with av.open(str(tmp_path / "x.mp4")) as container:
        assert container.streams.video[0].codec_context.codec_tag == "hvc1"
