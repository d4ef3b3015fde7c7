"""A video in which no snow falls, cleaned only while it snows."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import tiny_models
from clips import write_clip

from streamdesnow.capture.av_reader import AvReader
from streamdesnow.files.clean import clean_file


def test_frames_without_snow_come_out_bit_for_bit(tmp_path: Path) -> None:
    source = write_clip(tmp_path / "in.mkv", 8, size=(64, 48), codec="ffv1", pix_fmt="bgr0")
    model = tiny_models.inverting(tmp_path / "inv")
    report = clean_file(source, tmp_path / "out.mkv", model, "cpu", lossless=True, when="snowing")
    assert report.frames == 8
    with AvReader.for_file(source) as before, AvReader.for_file(tmp_path / "out.mkv") as after:
        for one, other in zip(before, after, strict=True):
            np.testing.assert_array_equal(other.image, one.image)
