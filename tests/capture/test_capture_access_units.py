"""Pictures that arrive slice by slice."""

from __future__ import annotations

import io
from collections.abc import Iterator

import av
import numpy as np
import pytest

from streamdesnow.capture.access_units import AccessUnits, continues_picture

Packet = av.Packet


@pytest.fixture
def packets() -> Iterator[list[Packet]]:
    """Six pictures of two slices each, every third a keyframe."""
    file = io.BytesIO()
    with av.open(file, "w", format="h264") as container:
        stream = container.add_stream(
            "libx264", rate=10, options={"x264-params": "slices=2:keyint=3:min-keyint=3:scenecut=0:bframes=0"}
        )
        stream.width, stream.height, stream.pix_fmt = 64, 64, "yuv420p"
        for shade in range(6):
            picture = av.VideoFrame.from_ndarray(np.full((64, 64, 3), 40 * shade, np.uint8), "bgr24")
            container.mux(stream.encode(picture))
        container.mux(stream.encode())
    file.seek(0)
    with av.open(file, "r", format="h264") as container:
        yield list(container.demux(video=0))


def cut(packet: Packet) -> list[Packet]:
    """A packet for each slice, parameter sets in front of each, as GStreamer sends keyframes."""
    units = [b"\0\0\1" + unit.rstrip(b"\0") for unit in bytes(packet).split(b"\0\0\1")[1:]]
    sets = b"".join(unit for unit in units if unit[3] & 31 in (7, 8))
    pieces = [av.Packet(sets + unit) for unit in units if unit[3] & 31 == 5]
    for piece in pieces:
        piece.stream, piece.time_base, piece.is_keyframe = packet.stream, packet.time_base, True
    # FFmpeg tells no time of the very first packet.
    pieces[-1].pts = 7
    return pieces


def slice_by_slice(packets: list[Packet]) -> list[Packet]:
    return [piece for packet in packets for piece in (cut(packet) if packet.is_keyframe else [packet])]


def passed_on(packets: list[Packet], codec: str = "h264") -> list[list[Packet]]:
    """What comes out at each packet that goes in."""
    units = AccessUnits(codec)
    return [list(units.feed(packet)) for packet in packets]


def test_slices_of_a_keyframe_become_one_picture_again(packets: list[Packet]) -> None:
    joined = [packet for each in passed_on(slice_by_slice(packets)) for packet in each]
    assert len(joined) == len(packets)
    shades = [frame.to_ndarray(format="gray").mean() for packet in joined for frame in packet.decode()]
    assert shades == pytest.approx([40 * shade for shade in range(6)], abs=4)


def test_a_joined_picture_has_the_first_time_that_is_known(packets: list[Packet]) -> None:
    joined = [packet for each in passed_on(slice_by_slice(packets)) for packet in each]
    assert joined[0].pts == 7
    assert joined[0].is_keyframe


def test_once_known_the_last_slice_is_not_waited_behind(packets: list[Packet]) -> None:
    came_out = [len(each) for each in passed_on(slice_by_slice(packets))]
    # The first keyframe waits for the picture after it, the second only for its own second slice.
    assert came_out == [0, 0, 2, 1, 0, 1, 1, 1, 1]


def test_whole_pictures_wait_only_at_the_very_first(packets: list[Packet]) -> None:
    came_out = passed_on(packets)
    assert [len(each) for each in came_out] == [0, 2, 1, 1, 1, 1, 1]
    assert [packet for each in came_out for packet in each] == packets


def test_other_codecs_are_passed_on_at_once(packets: list[Packet]) -> None:
    assert [len(each) for each in passed_on(packets, "mjpeg")] == [1] * len(packets)


def test_a_stream_that_ends_behind_its_keyframe_still_gives_it(packets: list[Packet]) -> None:
    end = packets[-1]
    assert end.size == 0
    assert passed_on([packets[0], end]) == [[], [packets[0], end]]


@pytest.mark.parametrize(
    ("codec", "data", "continues"),
    [
        ("h264", b"\0\0\1\x67abc\0\0\1\x65\x88aa", False),
        ("h264", b"\0\0\1\x67abc\0\0\1\x65\x08aa", True),
        ("hevc", b"\0\0\1\x40\x01abc\0\0\1\x26\x01\x80aa", False),
        ("hevc", b"\0\0\1\x40\x01abc\0\0\1\x26\x01\x20aa", True),
        ("h264", b"\0\0\1\x67abc", False),
        ("h264", b"\0\0\1\x65", False),
        ("h264", b"", False),
    ],
)
def test_a_slice_header_tells_whether_it_begins_a_picture(codec: str, data: bytes, continues: bool) -> None:
    assert continues_picture(data, codec) is continues
