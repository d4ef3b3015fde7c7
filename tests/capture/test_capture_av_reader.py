"""PyAV reads files: every frame, its own time stamp, the colours that were meant."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import av
import numpy as np
import pytest
from av.video.reformatter import Interpolation
from clips import numbered_frame, numbered_frames, read_number, write_clip
from numpy.typing import NDArray

from streamdesnow.capture.av_reader import AvReader
from streamdesnow.capture.reader import DecodedFrame
from streamdesnow.errors import SourceUnsupported
from streamdesnow.frame import Image

ACCURATE = Interpolation.BICUBIC | Interpolation.ACCURATE_RND | Interpolation.FULL_CHR_H_INT


def read_all(path: Path) -> list[DecodedFrame]:
    with AvReader.for_file(path) as reader:
        return list(reader)


def write_planes(path: Path, pixels: NDArray[np.generic], pix_fmt: str) -> Path:
    """One FFV1 frame with exactly these samples."""
    with av.open(str(path), "w") as container:
        frame = av.VideoFrame.from_ndarray(pixels, format=pix_fmt)
        stream = container.add_stream("ffv1", rate=25)
        stream.width, stream.height, stream.pix_fmt = frame.width, frame.height, pix_fmt
        container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


def write_tagged(path: Path, image: Image, matrix: str, value_range: str) -> Path:
    """One lossless 4:4:4 frame, converted and tagged with this matrix and range."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=25, options={"qp": "0", "bf": "0"})
        stream.height, stream.width = image.shape[:2]
        stream.pix_fmt = "yuv444p"
        frame = av.VideoFrame.from_ndarray(image, format="bgr24").reformat(
            format="yuv444p", dst_colorspace=matrix, dst_color_range=value_range, interpolation=ACCURATE
        )
        stream.codec_context.colorspace, stream.codec_context.color_range = (
            frame.colorspace,
            frame.color_range,
        )
        container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


@pytest.fixture
def colours() -> Image:
    """Flat patches that the wrong matrix or range changes by more than a dozen levels."""
    image = np.zeros((64, 96, 3), np.uint8)
    image[:, :32], image[:, 32:64], image[:, 64:] = (30, 60, 200), (40, 170, 60), (210, 205, 200)
    return image


def test_every_frame_of_a_film_comes_once_and_in_order(tmp_path: Path) -> None:
    frames = read_all(write_clip(tmp_path / "clip.mp4", 50, options={"bf": "3"}))
    assert [read_number(frame.image) for frame in frames] == list(range(50))


def test_variable_frame_rate_and_a_late_start_keep_their_time_stamps(tmp_path: Path) -> None:
    stamps = [5000, 5040, 5041, 5300, 9000, 9001, 12345]
    clip = write_clip(tmp_path / "clip.mkv", len(stamps), pts=stamps, time_base=Fraction(1, 1000))
    frames = read_all(clip)
    assert [(frame.pts, frame.time_base) for frame in frames] == [(s, Fraction(1, 1000)) for s in stamps]


def test_time_stamps_equal_those_that_ffmpeg_gives(tmp_path: Path) -> None:
    clip = write_clip(tmp_path / "clip.mp4", 20, options={"bf": "2"})
    with av.open(str(clip)) as container:
        expected = [(frame.pts, frame.time_base) for frame in container.decode(video=0)]
    assert [(frame.pts, frame.time_base) for frame in read_all(clip)] == expected


def test_raw_video_without_time_stamps_is_counted(tmp_path: Path) -> None:
    frames = read_all(write_clip(tmp_path / "clip.h264", 10))
    times = [float(frame.pts * frame.time_base) for frame in frames]
    assert times == pytest.approx([number / 25 for number in range(10)])


def test_time_stamps_of_an_avi_with_b_frames_only_rise(tmp_path: Path) -> None:
    clip = write_clip(tmp_path / "clip.avi", 30, codec="mpeg4", options={"bf": "2"})
    stamps = [frame.pts for frame in read_all(clip)]
    assert len(stamps) == 30
    assert all(later > earlier for earlier, later in pairwise(stamps))


@pytest.mark.parametrize("size", [(2, 2), (16, 16), (853, 481), (1279, 3)])
def test_any_size_comes_as_it_is(tmp_path: Path, size: tuple[int, int]) -> None:
    path = write_clip(tmp_path / "clip.mkv", 3, size=size, codec="ffv1", pix_fmt="bgr0")
    frames = read_all(path)
    assert [frame.image.shape for frame in frames] == [(size[1], size[0], 3)] * 3
    assert np.array_equal(frames[1].image, numbered_frame(1, size))
    assert frames[0].image.flags.c_contiguous


def test_a_video_of_one_pixel_is_a_video(tmp_path: Path) -> None:
    dot = np.full((1, 1, 3), (10, 20, 30), np.uint8)
    frames = read_all(write_clip(tmp_path / "dot.mkv", [dot] * 2, codec="ffv1", pix_fmt="bgr0"))
    assert [frame.image.tolist() for frame in frames] == [[[[10, 20, 30]]]] * 2


@pytest.mark.parametrize("matrix", ["itu601", "itu709"])
@pytest.mark.parametrize("value_range", ["MPEG", "JPEG"])
def test_matrix_and_range_are_honoured(tmp_path: Path, colours: Image, matrix: str, value_range: str) -> None:
    (frame,) = read_all(write_tagged(tmp_path / "clip.mkv", colours, matrix, value_range))
    assert np.abs(frame.image.astype(int) - colours).max() <= 2


def test_grey_levels_of_subsampled_video_are_exact(tmp_path: Path) -> None:
    luma = np.tile(np.arange(16, 236, dtype=np.uint8), (16, 1))
    planes = np.vstack([luma, np.full((8, 220), 128, np.uint8)])
    (frame,) = read_all(write_planes(tmp_path / "grey.mkv", planes, "yuv420p"))
    expected = np.round((luma.astype(float) - 16) * 255 / 219)
    assert np.array_equal(frame.image, np.repeat(expected[..., None], 3, axis=2))


def test_grey_video_has_three_equal_channels(tmp_path: Path) -> None:
    levels = np.tile(np.arange(256, dtype=np.uint8), (16, 1))
    (frame,) = read_all(write_planes(tmp_path / "grey.mkv", levels, "gray"))
    assert np.array_equal(frame.image, np.repeat(levels[..., None], 3, axis=2))


def test_sixteen_bits_become_eight(tmp_path: Path) -> None:
    levels = np.tile(np.arange(256, dtype=np.uint16) * 257, (16, 1))
    (frame,) = read_all(write_planes(tmp_path / "grey16.mkv", levels, "gray16le"))
    assert np.abs(frame.image[..., 0].astype(int) - np.arange(256)).max() <= 1
    assert np.array_equal(frame.image[..., 0], frame.image[..., 2])


def test_ten_bits_become_eight(tmp_path: Path) -> None:
    frames = read_all(write_clip(tmp_path / "ten.mkv", 3, codec="ffv1", pix_fmt="yuv444p10le"))
    assert np.abs(frames[0].image.astype(int) - numbered_frame(0)).max() <= 2


def test_transparency_is_dropped(tmp_path: Path) -> None:
    pixels = np.full((16, 16, 4), (10, 120, 230, 77), np.uint8)
    (frame,) = read_all(write_planes(tmp_path / "alpha.mkv", pixels, "bgra"))
    assert frame.image[3, 3].tolist() == [10, 120, 230]


def test_an_animated_gif_is_a_film(tmp_path: Path) -> None:
    frames = read_all(write_clip(tmp_path / "film.gif", 5, codec="gif", pix_fmt="rgb8", fps=10))
    assert [read_number(frame.image) for frame in frames] == list(range(5))


def test_a_change_of_size_in_the_middle_is_followed(tmp_path: Path) -> None:
    large = write_clip(tmp_path / "a.ts", 5, size=(320, 240)).read_bytes()
    small = write_clip(tmp_path / "b.ts", numbered_frames(5, (200, 120), 100)).read_bytes()
    (tmp_path / "both.ts").write_bytes(large + small)
    frames = read_all(tmp_path / "both.ts")
    assert [(*frame.image.shape[1::-1], read_number(frame.image)) for frame in frames] == [
        *((320, 240, number) for number in range(5)),
        *((200, 120, number) for number in range(100, 105)),
    ]


@pytest.mark.parametrize("degrees", [90, 180, 270])
def test_rotation_noted_by_the_camera_is_carried_out(tmp_path: Path, degrees: int) -> None:
    frames = read_all(rotate(write_clip(tmp_path / "clip.mp4", 2), degrees))
    # The file says: turn clockwise to show.
    shown = np.rot90(frames[1].image, degrees // 90)
    assert shown.shape == (240, 320, 3)
    assert read_number(np.ascontiguousarray(shown)) == 1


def test_damaged_packets_are_left_out_and_counted(tmp_path: Path) -> None:
    clip = write_clip(tmp_path / "clip.mkv", 40, options={"g": "1"})
    with av.open(str(clip)) as container:
        packets = [bytes(packet) for packet in container.demux(video=0) if packet.size]
    data = clip.read_bytes()
    for packet in packets[10:15]:
        data = data.replace(packet, bytes(len(packet)))
    clip.write_bytes(data)
    with AvReader.for_file(clip) as reader:
        numbers = [read_number(frame.image) for frame in reader]
    assert numbers == [*range(10), *range(15, 40)]
    assert reader.skipped == 5


def test_the_description_counts_frames_and_names_the_codec(tmp_path: Path) -> None:
    with AvReader.for_file(write_clip(tmp_path / "clip.mkv", 50)) as reader:
        info = reader.info
    assert (info.codec, info.width, info.height, info.fps) == ("h264", 320, 240, 25)
    assert (info.time_base, info.frames, info.duration) == (Fraction(1, 1000), 50, pytest.approx(2, abs=0.1))


@pytest.mark.parametrize(
    # Two of the motorway's 750 packets hold nothing.
    ("name", "count"),
    [("motorway_320x240_25fps.avi", 748), ("parking_480x270.gif", 41)],
)
def test_real_clips_come_whole(shared_data: Path, name: str, count: int) -> None:
    stamps = [frame.pts for frame in read_all(shared_data / "video" / "clean" / name)]
    assert len(stamps) == count
    assert all(later > earlier for earlier, later in pairwise(stamps))


@pytest.mark.parametrize(
    ("matrix", "undo"),
    [
        ((-1, 0, 0, 1), lambda image: image[:, ::-1]),
        ((1, 0, 0, -1), lambda image: image[::-1]),
        ((0, 1, 1, 0), lambda image: image.swapaxes(0, 1)),
        ((0, -1, -1, 0), lambda image: image[::-1, ::-1].swapaxes(0, 1)),
    ],
)
def test_a_mirrored_picture_is_mirrored_back(
    tmp_path: Path, matrix: tuple[int, int, int, int], undo: Callable[[Image], Image]
) -> None:
    as_stored = read_all(write_clip(tmp_path / "clip.mp4", 2))[1].image
    shown = read_all(show_as(tmp_path / "clip.mp4", matrix))[1].image
    np.testing.assert_array_equal(undo(shown), as_stored)


@pytest.mark.parametrize("name", ["clip.mp4", "clip.mov", "clip.mkv", "clip.ts", "clip.avi"])
def test_the_shape_of_pixels_is_told(tmp_path: Path, name: str) -> None:
    codec = "mpeg4" if name == "clip.avi" else "libx264"
    clip = write_clip(tmp_path / name, 3, codec=codec, sar=Fraction(16, 11))
    assert {frame.sar for frame in read_all(clip)} == {Fraction(16, 11)}
    assert {frame.sar for frame in read_all(write_clip(tmp_path / "plain.mp4", 3))} == {1}


def test_pixels_are_turned_with_their_picture(tmp_path: Path) -> None:
    clip = rotate(write_clip(tmp_path / "clip.mp4", 2, sar=Fraction(16, 11)), 90)
    assert {frame.sar for frame in read_all(clip)} == {Fraction(11, 16)}


def rotate(clip: Path, degrees: int) -> Path:
    """Have an MP4's picture turned clockwise where it is shown."""
    return show_as(clip, {90: (0, 1, -1, 0), 180: (-1, 0, 0, -1), 270: (0, -1, 1, 0)}[degrees])


def show_as(clip: Path, matrix: tuple[int, int, int, int]) -> Path:
    """Write a display matrix into an MP4's video track: a, b, c, d of ISO 14496-12 section 8.3.2."""
    data = bytearray(clip.read_bytes())
    a, b, c, d = (value << 16 for value in matrix)
    identity = b"".join(value.to_bytes(4, "big") for value in (1 << 16, 0, 0, 0, 1 << 16, 0, 0, 0, 1 << 30))
    rotated = b"".join(value.to_bytes(4, "big", signed=True) for value in (a, b, 0, c, d, 0, 0, 0, 1 << 30))
    at = data.index(identity, data.index(b"tkhd"))
    data[at : at + len(identity)] = rotated
    clip.write_bytes(data)
    return clip


@pytest.mark.parametrize("suffix", ["mp4", "mkv", "avi", "ts"])
def test_reading_goes_on_from_a_moment_of_a_file(tmp_path: Path, suffix: str) -> None:
    """Not from the keyframe before it; a transport stream's clock does not begin at nothing."""
    clip = write_clip(tmp_path / f"clip.{suffix}", 80)
    with AvReader.for_file(clip) as reader:
        for number in (41, 0, 79, 40):
            reader.skip_to(number / 25)
            frame = reader.read()
            assert frame is not None
            assert read_number(frame.image) == number


@pytest.mark.parametrize("suffix", ["mpg", "avi", "ts"])
def test_stamps_that_are_missing_are_counted_on_from_those_before(tmp_path: Path, suffix: str) -> None:
    """A program stream stamps one packet in several, transport streams may begin in the middle."""
    codec = "mpeg2video" if suffix != "avi" else "mpeg4"
    clip = write_clip(tmp_path / f"clip.{suffix}", 250, codec=codec)
    with AvReader.for_file(clip) as reader:
        for number in (13, 0, 83, 249):
            reader.skip_to(number / 25)
            frame = reader.read()
            assert frame is not None
            assert abs(read_number(frame.image) - number) <= (1 if suffix == "mpg" else 0), number
        reader.skip_to(11.0)
        assert reader.read() is None


@pytest.mark.parametrize("suffix", ["mp4", "mkv", "avi", "ts"])
def test_behind_the_end_of_a_file_there_is_nothing(tmp_path: Path, suffix: str) -> None:
    """Which is no damage: the file can be read, and goes on being read from elsewhere."""
    clip = write_clip(tmp_path / f"clip.{suffix}", 30)
    with AvReader.for_file(clip) as reader:
        reader.skip_to(60.0)
        assert reader.read() is None
        reader.skip_to(0.0)
        assert reader.read() is not None


def test_a_file_without_an_index_can_only_be_read_from_its_beginning(tmp_path: Path) -> None:
    clip = write_clip(tmp_path / "clip.h264", 20)
    with AvReader.for_file(clip) as reader, pytest.raises(SourceUnsupported, match="from its beginning"):
        reader.skip_to(0.4)
