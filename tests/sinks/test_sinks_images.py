from __future__ import annotations

from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from clips import read_number
from sink_frames import BEFORE, cleaned

from streamdesnow.config.output import ImagesConfig
from streamdesnow.errors import SinkError, StorageFailed
from streamdesnow.frame import Image
from streamdesnow.sinks.images import ImagesSink


def images(folder: Path, **settings: Any) -> ImagesSink:
    sink = ImagesSink(ImagesConfig(directory=folder, **settings), "gate")
    sink.open()
    return sink


def read(path: Path) -> Image:
    image = cv2.imread(str(path))
    assert image is not None
    return np.asarray(image, np.uint8)


def test_png_pictures_are_lossless_and_named_by_camera_and_time_stamp(tmp_path: Path) -> None:
    sink = images(tmp_path)
    for n in (0, 3600, 7200):
        sink.write(cleaned(n % 4000, pts=n))
    sink.close()
    assert [path.name for path in sorted(tmp_path.iterdir())] == [
        "gate_000000000000.png", "gate_000000003600.png", "gate_000000007200.png",
    ]  # fmt: skip
    assert np.array_equal(read(tmp_path / "gate_000000003600.png"), cleaned(3600).image)


@pytest.mark.parametrize("suffix", ["jpg", "webp"])
def test_other_formats_are_written(tmp_path: Path, suffix: str) -> None:
    images(tmp_path, format=suffix).write(cleaned(5))
    (path,) = tmp_path.iterdir()
    assert path.suffix == f".{suffix}"
    assert read_number(read(path)) == 5


def test_one_in_so_many_is_written_beginning_with_the_first(tmp_path: Path) -> None:
    sink = images(tmp_path, every=3, show="before")
    for n in range(7):
        sink.write(cleaned(n))
    assert [read_number(read(path)) - BEFORE for path in sorted(tmp_path.iterdir())] == [0, 3, 6]


def test_a_loop_or_a_second_run_overwrites_nothing(tmp_path: Path) -> None:
    for n in range(3):
        images(tmp_path).write(cleaned(n, pts=8))
    assert [path.name for path in sorted(tmp_path.iterdir())] == [
        "gate_000000000008-2.png", "gate_000000000008-3.png", "gate_000000000008.png",
    ]  # fmt: skip


def test_one_pixel_is_a_picture(tmp_path: Path) -> None:
    images(tmp_path).write(cleaned(0, size=(1, 1)))
    assert read(next(tmp_path.iterdir())).shape == (1, 1, 3)


def test_a_size_that_the_format_cannot_hold_is_named(tmp_path: Path) -> None:
    with pytest.raises(SinkError, match=r"images\[gate\]: webp cannot hold a picture of 20000x10; use png"):
        images(tmp_path, format="webp").write(cleaned(0, size=(20000, 10)))
    assert list(tmp_path.iterdir()) == []


def test_a_full_disk_leaves_no_part_of_a_picture(small_disk: Path) -> None:
    sink = images(small_disk)
    frame = cleaned(0, size=(1024, 768))
    frame.image[:] = np.random.default_rng(1).integers(0, 256, frame.image.shape, np.uint8)
    with pytest.raises(StorageFailed, match=r"gate_000000000000\.png: no space left"):
        sink.write(frame)
    assert list(small_disk.iterdir()) == []
