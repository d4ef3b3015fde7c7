"""What a video writer does after its end, and with pictures that are hardly any."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from sink_frames import probe

from streamdesnow.errors import SinkError
from streamdesnow.frame import Image
from streamdesnow.sinks.video_writer import VideoWriter


def noise(size: tuple[int, int]) -> Image:
    return np.random.default_rng(1).integers(0, 256, (size[1], size[0], 3), np.uint8)


@pytest.mark.parametrize("frames", [0, 1])
def test_a_file_that_was_given_up_takes_no_more_frames(tmp_path: Path, frames: int) -> None:
    writer = VideoWriter(tmp_path / "x.mp4", preset="ultrafast")
    for pts in range(frames):
        writer.write(noise((64, 48)), pts, Fraction(1, 25))
    writer.abort()
    with pytest.raises(SinkError, match=r"x\.mp4: is closed"):
        writer.write(noise((64, 48)), frames, Fraction(1, 25))
    assert list(tmp_path.iterdir()) == []


def test_a_finished_file_takes_no_more_frames_and_stays(tmp_path: Path) -> None:
    with VideoWriter(tmp_path / "y.mp4", preset="ultrafast") as writer:
        writer.write(noise((64, 48)), 0, Fraction(1, 25))
    with pytest.raises(SinkError, match="is closed"):
        writer.write(noise((64, 48)), 1, Fraction(1, 25))
    assert len(probe(tmp_path / "y.mp4").times) == 1


@pytest.mark.parametrize("size", [(1, 1), (3, 1), (1, 64), (7, 5), (5, 600), (400, 3), (600, 1)])
def test_thin_pictures_are_lossless_too(tmp_path: Path, size: tuple[int, int]) -> None:
    image = noise(size)
    with VideoWriter(tmp_path / "x.mkv", "ffv1") as writer:
        for pts in range(2):
            writer.write(image, pts, Fraction(1, 25))
    with av.open(str(tmp_path / "x.mkv")) as video:
        frames = [frame.to_ndarray(format="bgr24") for frame in video.decode(video=0)]
    assert len(frames) == 2
    for frame in frames:
        np.testing.assert_array_equal(frame, image)
