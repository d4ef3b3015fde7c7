"""A folder of pictures is a film."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import cv2
import numpy as np
import pytest
from clips import numbered_frame, read_number

from streamdesnow.capture.images_reader import ImagesReader, load_image
from streamdesnow.capture.reader import DecodedFrame
from streamdesnow.capture.spec import SourceSpec
from streamdesnow.config.camera import CameraConfig
from streamdesnow.errors import SourceDamaged, SourceNotFound


def read_all(source: Path | str, fps: float | None = None) -> list[DecodedFrame]:
    reader = ImagesReader(SourceSpec.from_config("stills", CameraConfig(source=str(source), fps=fps)))
    reader.open()
    return list(iter(reader.read, None))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for number in (1, 2, 10, 11):
        cv2.imwrite(str(tmp_path / f"frame{number}.png"), numbered_frame(number))
    (tmp_path / "notes.txt").write_text("not a picture")
    (tmp_path / "deeper").mkdir()
    return tmp_path


def test_a_folder_is_read_in_natural_order(folder: Path) -> None:
    assert [read_number(frame.image) for frame in read_all(folder)] == [1, 2, 10, 11]


def test_a_glob_chooses(folder: Path) -> None:
    assert [read_number(frame.image) for frame in read_all(folder / "frame1*.png")] == [1, 10, 11]


def test_a_glob_reaches_into_folders(folder: Path) -> None:
    cv2.imwrite(str(folder / "deeper" / "frame3.png"), numbered_frame(3))
    assert [read_number(frame.image) for frame in read_all(folder / "**" / "*3.png")] == [3]


def test_one_picture_is_a_film_of_one_frame(folder: Path) -> None:
    (frame,) = read_all(folder / "frame2.png")
    assert np.array_equal(frame.image, numbered_frame(2))


def test_pictures_are_stamped_by_number_and_rate(folder: Path) -> None:
    assert [(f.pts, f.time_base) for f in read_all(folder)] == [(n, Fraction(1, 25)) for n in range(4)]
    assert read_all(folder, fps=29.97002997)[0].time_base == Fraction(1001, 30000)
    assert read_all(folder, fps=0.5)[0].time_base == 2


def test_grey_sixteen_bit_and_transparent_pictures_become_bgr(tmp_path: Path) -> None:
    levels = np.tile(np.arange(256, dtype=np.uint8), (8, 1))
    cv2.imwrite(str(tmp_path / "1.png"), levels)
    cv2.imwrite(str(tmp_path / "2.png"), levels.astype(np.uint16) * 257)
    cv2.imwrite(str(tmp_path / "3.png"), np.dstack([levels, levels, levels, np.full_like(levels, 9)]))
    for frame in read_all(tmp_path):
        assert frame.image.dtype == np.uint8
        assert np.array_equal(frame.image, np.dstack([levels] * 3))


def test_sizes_may_differ(tmp_path: Path) -> None:
    cv2.imwrite(str(tmp_path / "1.png"), numbered_frame(1, (33, 17)))
    cv2.imwrite(str(tmp_path / "2.png"), numbered_frame(2, (1, 1)))
    assert [frame.image.shape for frame in read_all(tmp_path)] == [(17, 33, 3), (1, 1, 3)]


def test_a_picture_that_is_none_is_named(folder: Path) -> None:
    (folder / "frame3.jpg").write_text("not a picture")
    with pytest.raises(SourceDamaged, match=r"frame3\.jpg"):
        read_all(folder)


def test_an_empty_picture_is_named(tmp_path: Path) -> None:
    (tmp_path / "void.png").touch()
    with pytest.raises(SourceDamaged, match=r"void\.png.*empty"):
        load_image(tmp_path / "void.png")


def test_a_missing_picture_is_not_found(tmp_path: Path) -> None:
    with pytest.raises(SourceNotFound, match=r"gone\.png"):
        read_all(tmp_path / "gone.png")


@pytest.mark.parametrize("source", [".", "*.png"])
def test_a_place_without_pictures_is_not_found(tmp_path: Path, source: str) -> None:
    with pytest.raises(SourceNotFound, match="no pictures"):
        read_all(tmp_path / source)
