"""Pictures stay what they are: format, depth, channels."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest
import tiny_models

from streamdesnow.config.engine import EngineConfig
from streamdesnow.errors import ConfigError, ImageUnsupported, SourceDamaged, SourceNotFound, StorageFailed
from streamdesnow.files.images import clean_folder, clean_image
from streamdesnow.restore import Desnower

_CPU = EngineConfig(require="cpu", precision="fp32")


@pytest.fixture
def inverting(tmp_path: Path) -> Iterator[Desnower]:
    """A still test model: 255 - image."""
    with Desnower(tiny_models.inverting(tmp_path / "inv", side_multiple=8), _CPU) as desnower:
        yield desnower


def _picture(path: Path, *shape: int, dtype: type = np.uint8) -> np.ndarray:
    path.parent.mkdir(parents=True, exist_ok=True)
    image = np.random.default_rng(1).integers(0, np.iinfo(dtype).max + 1, shape).astype(dtype)
    assert cv2.imwrite(str(path), image)
    return image


def _read(path: Path) -> np.ndarray:
    image = cv2.imread(str(path), cv2.IMREAD_UNCHANGED)
    assert image is not None
    return image


@pytest.mark.parametrize("shape", [(21, 13), (21, 13, 3), (21, 13, 4), (1, 1, 3)])
@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_a_picture_keeps_size_depth_and_channels(
    inverting: Desnower, tmp_path: Path, shape: tuple[int, ...], dtype: type
) -> None:
    before = _picture(tmp_path / "in.png", *shape, dtype=dtype)
    report = clean_image(tmp_path / "in.png", tmp_path / "deep" / "out.png", inverting)
    after = _read(tmp_path / "deep" / "out.png")
    assert (after.dtype, after.shape) == (before.dtype, before.shape)
    assert (report.frames, report.size) == (1, (shape[1], shape[0]))
    if dtype == np.uint8 and shape[-1] != 4:
        np.testing.assert_array_equal(after, 255 - before)


def test_a_picture_is_turned_as_its_camera_noted_down(inverting: Desnower, tmp_path: Path) -> None:
    _picture(tmp_path / "in.jpg", 20, 40, 3)
    plain = (tmp_path / "in.jpg").read_bytes()
    exif = b"Exif\0\0II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0\0\0\0\0"
    (tmp_path / "in.jpg").write_bytes(
        plain[:2] + b"\xff\xe1" + (len(exif) + 2).to_bytes(2, "big") + exif + plain[2:]
    )
    clean_image(tmp_path / "in.jpg", tmp_path / "out.png", inverting)
    assert _read(tmp_path / "out.png").shape == (40, 20, 3)


@pytest.mark.parametrize("name", ["in.png", "in.webp"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_png_and_webp_are_turned_as_well(
    inverting: Desnower, tmp_path: Path, name: str, orientation: int
) -> None:
    before = _noted(tmp_path / name, orientation)
    clean_image(tmp_path / name, tmp_path / "out.png", inverting)
    turned = {
        1: before,
        2: np.fliplr(before),
        3: np.rot90(before, 2),
        4: np.flipud(before),
        5: before.swapaxes(0, 1),
        6: np.rot90(before, -1),
        7: np.rot90(before, 2).swapaxes(0, 1),
        8: np.rot90(before),
    }
    np.testing.assert_array_equal(_read(tmp_path / "out.png"), 255 - turned[orientation])


@pytest.mark.parametrize("name", ["in.webp", "in.tif", "in.png"])
def test_of_several_pictures_in_a_file_the_first_is_cleaned_and_a_warning_says_so(
    inverting: Desnower, tmp_path: Path, caplog: pytest.LogCaptureFixture, name: str
) -> None:
    pages = [np.full((20, 30, 3), value, np.uint8) for value in (10, 120, 240)]
    if name == "in.tif":
        assert cv2.imwritemulti(str(tmp_path / name), pages)
    else:
        if not hasattr(cv2, "Animation"):
            pytest.skip("needs OpenCV 4.11 or newer, which reads moving pictures")
        animation = cv2.Animation()
        animation.frames, animation.durations = pages, np.array([100] * 3)
        assert cv2.imwriteanimation(str(tmp_path / name), animation)
    clean_image(tmp_path / name, tmp_path / "out.png", inverting)
    assert f"{name}: holds 3 pictures; only the first is cleaned" in caplog.text
    assert np.abs(_read(tmp_path / "out.png")[0, 0, :3].astype(int) - 245).max() <= 2


def _noted(path: Path, orientation: int) -> np.ndarray:
    """A picture without loss, and EXIF that says how the camera was held."""
    lossless = [cv2.IMWRITE_WEBP_QUALITY, 101] if path.suffix == ".webp" else []
    image = np.random.default_rng(1).integers(0, 256, (20, 41, 3), np.uint8)
    assert cv2.imwrite(str(path), image, lossless)
    exif = b"MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0" + bytes([orientation]) + bytes(6)
    plain = path.read_bytes()
    if path.suffix == ".png":
        chunk = b"eXIf" + exif
        checksum = zlib.crc32(chunk).to_bytes(4, "big")
        path.write_bytes(plain[:33] + len(exif).to_bytes(4, "big") + chunk + checksum + plain[33:])
        return image
    wide = b"VP8X" + (10).to_bytes(4, "little") + b"\x08\0\0\0" + bytes([40, 0, 0, 19, 0, 0])
    chunks = b"WEBP" + wide + plain[12:] + b"EXIF" + len(exif).to_bytes(4, "little") + exif
    path.write_bytes(b"RIFF" + len(chunks).to_bytes(4, "little") + chunks)
    return image


def test_side_by_side_shows_both(inverting: Desnower, tmp_path: Path) -> None:
    _picture(tmp_path / "in.png", 20, 30)
    clean_image(tmp_path / "in.png", tmp_path / "out.png", inverting, side_by_side=True)
    assert _read(tmp_path / "out.png").shape == (20, 60, 3)


@pytest.mark.parametrize("name", ["out", "out.txt", "out.mp4"])
def test_an_ending_that_is_no_picture_format_is_refused(
    inverting: Desnower, tmp_path: Path, name: str
) -> None:
    _picture(tmp_path / "in.png", 8, 8, 3)
    with pytest.raises(ConfigError, match=r"no picture format|no ending"):
        clean_image(tmp_path / "in.png", tmp_path / name, inverting)


def test_lossless_refuses_jpeg(inverting: Desnower, tmp_path: Path) -> None:
    _picture(tmp_path / "in.png", 8, 8, 3)
    with pytest.raises(ConfigError, match=r"not lossless.*\.png"):
        clean_image(tmp_path / "in.png", tmp_path / "out.jpg", inverting, lossless=True)


def test_16_bits_are_not_cut_to_8_in_silence(inverting: Desnower, tmp_path: Path) -> None:
    _picture(tmp_path / "in.png", 8, 8, 3, dtype=np.uint16)
    with pytest.raises(ConfigError, match="16-bit"):
        clean_image(tmp_path / "in.png", tmp_path / "out.jpg", inverting)
    assert not (tmp_path / "out.jpg").exists()


@pytest.mark.parametrize("content", [b"", b"not a picture", b"\x89PNG\r\n\x1a\n and then nothing"])
def test_what_is_no_picture_is_named(inverting: Desnower, tmp_path: Path, content: bytes) -> None:
    (tmp_path / "in.png").write_bytes(content)
    with pytest.raises(SourceDamaged, match=r"in\.png"):
        clean_image(tmp_path / "in.png", tmp_path / "out.png", inverting)


def test_a_picture_of_floats_is_refused(inverting: Desnower, tmp_path: Path) -> None:
    assert cv2.imwrite(str(tmp_path / "in.tif"), np.zeros((8, 8, 3), np.float32))
    with pytest.raises(ImageUnsupported, match="float32"):
        clean_image(tmp_path / "in.tif", tmp_path / "out.tif", inverting)


def test_a_folder_becomes_a_folder_with_the_same_names(inverting: Desnower, tmp_path: Path) -> None:
    for name in ("frame10.png", "frame9.png", "other.jpg"):
        _picture(tmp_path / "in" / name, 16, 24, 3)
    (tmp_path / "in" / "notes.txt").write_text("not a picture")
    report = clean_folder(tmp_path / "in", tmp_path / "out", inverting)
    assert {path.name for path in (tmp_path / "out").iterdir()} == {"frame10.png", "frame9.png", "other.jpg"}
    assert report.frames == 3


def test_a_lossless_folder_holds_png(inverting: Desnower, tmp_path: Path) -> None:
    _picture(tmp_path / "in" / "a.jpg", 16, 24, 3)
    clean_folder(tmp_path / "in", tmp_path / "out", inverting, lossless=True)
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["a.png"]


def test_pictures_whose_names_differ_in_the_ending_only_do_not_replace_each_other(
    inverting: Desnower, tmp_path: Path
) -> None:
    for name in ("a.bmp", "a.png", "b.bmp"):
        _picture(tmp_path / "in" / name, 8, 8, 3)
    assert clean_folder(tmp_path / "in", tmp_path / "out", inverting, lossless=True).frames == 3
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["a.bmp.png", "a.png.png", "b.png"]


def test_a_folder_is_a_film_to_a_causal_model_in_natural_order(tmp_path: Path) -> None:
    for name, value in (("f1.png", 100), ("f2.png", 110), ("f10.png", 120)):
        path = tmp_path / "in" / name
        path.parent.mkdir(exist_ok=True)
        cv2.imwrite(str(path), np.full((16, 16, 3), value, np.uint8))
    with Desnower(tiny_models.averaging(tmp_path / "avg"), _CPU) as desnower:
        clean_folder(tmp_path / "in", tmp_path / "out", desnower)
    values = [int(_read(tmp_path / "out" / name)[0, 0, 0]) for name in ("f1.png", "f2.png", "f10.png")]
    assert values == [100, 105, 110]


def test_damaged_pictures_of_a_folder_are_named_and_the_rest_cleaned(
    inverting: Desnower, tmp_path: Path
) -> None:
    _picture(tmp_path / "in" / "good.png", 16, 24, 3)
    (tmp_path / "in" / "bad.png").write_bytes(b"junk")
    with pytest.raises(SourceDamaged, match=r"1 of 2 pictures(.|\n)*bad\.png"):
        clean_folder(tmp_path / "in", tmp_path / "out", inverting)
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["good.png"]


def test_a_folder_without_pictures_is_not_found(inverting: Desnower, tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    with pytest.raises(SourceNotFound, match="no pictures"):
        clean_folder(tmp_path / "in", tmp_path / "out", inverting)


def test_a_destination_below_a_file_cannot_be_written(inverting: Desnower, tmp_path: Path) -> None:
    _picture(tmp_path / "in" / "a.png", 8, 8, 3)
    (tmp_path / "file").write_text("")
    with pytest.raises(StorageFailed, match="file"):
        clean_folder(tmp_path / "in", tmp_path / "file" / "out", inverting)
