from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np
import pytest
from sink_frames import probe

from streamdesnow.errors import EncoderUnavailable
from streamdesnow.frame import Image
from streamdesnow.sinks.codecs import Recipe, file_recipe, live_recipe
from streamdesnow.sinks.encoder import VideoEncoder

TICKS = Fraction(1, 90000)


def colourful(size: tuple[int, int]) -> Image:
    """Soft hills in all colours: what 4:2:0 keeps."""
    width, height = size
    hues = np.tile(np.linspace(0, 179, width, dtype=np.uint8), (height, 1))
    value = np.tile(np.linspace(60, 255, height, dtype=np.uint8)[:, None], (1, width))
    hsv = np.dstack([hues, np.full_like(hues, 160), value])
    return cv2.GaussianBlur(cv2.cvtColor(hsv, cv2.COLOR_HSV2BGR), (0, 0), 3)


@pytest.mark.parametrize("encoder", ["libx264", "libx265"])
@pytest.mark.parametrize("size", [(320, 240), (1280, 720)], ids=["bt601", "bt709"])
def test_colours_survive_and_tags_tell_how(tmp_path: Path, encoder: str, size: tuple[int, int]) -> None:
    path, image = tmp_path / "colours.mp4", colourful(size)
    with av.open(str(path), "w") as container:
        stream = VideoEncoder(container, live_recipe(encoder, 12, "veryfast"), size, TICKS, gop=2.0)
        container.mux(stream.encode(image, 0))
        container.mux(stream.flush())
    difference = probe(path).images[0].astype(int) - image
    assert np.abs(difference.mean(axis=(0, 1))).max() < 2.5
    assert np.percentile(np.abs(difference), 99) <= 8
    with av.open(str(path)) as container:
        context = container.streams.video[0].codec_context
        assert context.pix_fmt == "yuv420p"
        assert context.color_range == 1
        assert context.colorspace == (1 if size[1] >= 720 else 6)
        assert context.color_primaries == context.color_trc == 1


@pytest.mark.parametrize("encoder", ["libx264", "libx265"])
def test_live_encoders_hold_no_frame_back_and_keep_time_stamps(tmp_path: Path, encoder: str) -> None:
    times = [0, 1, 3600, 3700, 90_000, 400_000, 400_001]
    with av.open(str(tmp_path / "x.mp4"), "w") as container:
        stream = VideoEncoder(container, live_recipe(encoder, 23, "ultrafast"), (64, 48), TICKS, gop=2.0)
        for pts in times:
            packets = stream.encode(np.zeros((48, 64, 3), np.uint8), pts)
            assert [(packet.pts, packet.dts) for packet in packets] == [(pts, pts)]
            container.mux(packets)
        assert stream.flush() == []


@pytest.mark.parametrize("encoder", ["libx264", "libx265"])
def test_keyframes_come_by_time_not_by_count_and_not_for_cuts(encoder: str) -> None:
    with av.open("/dev/null", "w", format="mp4") as container:
        stream = VideoEncoder(container, live_recipe(encoder, 30, "ultrafast"), (64, 64), TICKS, gop=1.0)
        keyframes, pts = [], 0
        for number in range(40):
            # Every tenth frame is a cut; the frame rate falls from 25 to 5 a second half way.
            shade = 40 + 200 * (number // 10 % 2)
            packets = stream.encode(np.full((64, 64, 3), shade, np.uint8), pts)
            keyframes += [pts for packet in packets if packet.is_keyframe]
            container.mux(packets)
            pts += 3600 if number < 20 else 18000
        assert keyframes == [0, 90_000, 180_000, 270_000, 360_000]


def test_the_end_of_a_stream_counts_the_last_frame() -> None:
    with av.open("/dev/null", "w", format="mp4") as container:
        stream = VideoEncoder(container, live_recipe("libx264", 30, "ultrafast"), (64, 64), TICKS)
        for pts in (0, 3600, 10_800):
            container.mux(stream.encode(np.zeros((64, 64, 3), np.uint8), pts))
        assert stream.end == 18_000


@pytest.mark.parametrize("size", [(1, 1), (2, 2), (3, 5), (321, 241)])
def test_h264_takes_any_size(tmp_path: Path, size: tuple[int, int]) -> None:
    path = tmp_path / "x.mp4"
    with av.open(str(path), "w") as container:
        stream = VideoEncoder(container, live_recipe("libx264", 10, "veryfast"), size, TICKS)
        container.mux(stream.encode(np.full((size[1], size[0], 3), 200, np.uint8), 0))
        container.mux(stream.flush())
    video = probe(path)
    assert video.size == (size[0] + size[0] % 2, size[1] + size[1] % 2)
    assert np.abs(video.images[0].astype(int) - 200).max() < 6


@pytest.mark.parametrize(
    ("recipe", "size", "named"),
    [
        (live_recipe("libx265", 23, "veryfast"), (1, 1), r"libx265 cannot encode 1x1"),
        (file_recipe("h264", (64, 64), 23, "warp9"), (64, 64), r"libx264.*warp9"),
    ],
)
def test_a_size_or_preset_that_the_encoder_refuses_is_named(
    recipe: Recipe, size: tuple[int, int], named: str
) -> None:
    with av.open("/dev/null", "w", format="mp4") as container, pytest.raises(EncoderUnavailable, match=named):
        VideoEncoder(container, recipe, size, TICKS)
