"""Time drawn into frames."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from streamdesnow.bench.stamps import HEIGHT, draw_stamp, read_stamp, seconds_since, ticks_now
from streamdesnow.capture.av_reader import AvReader
from streamdesnow.frame import Image
from streamdesnow.sinks.video_writer import VideoWriter

_TICKS = (0, 1, 12_345_678, (1 << 24) - 1)


def _noise(width: int = 640, height: int = 96) -> Image:
    return np.random.default_rng(0).integers(0, 256, (height, width, 3), dtype=np.uint8)


@pytest.mark.parametrize("width", [320, 640, 1280, 1922])
def test_a_stamp_is_read_as_it_was_drawn(width: int) -> None:
    for ticks in _TICKS:
        image = _noise(width)
        draw_stamp(image, ticks)
        assert read_stamp(image) == ticks


def test_a_stamp_survives_strong_compression(tmp_path: Path) -> None:
    clip = tmp_path / "clip.mp4"
    with VideoWriter(clip, quality=40, preset="ultrafast") as writer:
        for number, ticks in enumerate(_TICKS):
            image = _noise()
            draw_stamp(image, ticks)
            writer.write(image, number, Fraction(1, 25))
    with AvReader.for_file(clip) as reader:
        assert [read_stamp(frame.image) for frame in reader] == list(_TICKS)


def test_what_is_not_a_stamp_is_not_taken_for_one() -> None:
    image = _noise()
    draw_stamp(image, 12_345_678)
    image[:HEIGHT, 300:340] = 255 - image[:HEIGHT, 300:340]
    assert read_stamp(image) is None


def test_time_passes_in_tenths_of_a_millisecond_and_wraps() -> None:
    assert seconds_since(100, 0.0250) == pytest.approx(0.015)
    almost, wrap = (1 << 24) - 50, (1 << 24) / 10_000
    assert seconds_since(almost, wrap + 0.005) == pytest.approx(0.010)
    assert seconds_since(100, 0.005) == pytest.approx(-0.005)
    assert 0 <= ticks_now() < 1 << 24
