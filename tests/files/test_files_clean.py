"""Whatever is to be cleaned, one call does it, and refuses what would do harm."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import cv2
import numpy as np
import pytest
import tiny_models
from clips import write_clip

from streamdesnow import clean_file
from streamdesnow.errors import ConfigError, SourceNotFound, SourceUnsupported
from streamdesnow.files.clean import default_model


@pytest.fixture
def model(tmp_path: Path) -> Path:
    """A still test model: 255 - frame."""
    return tiny_models.inverting(tmp_path / "inv")


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    """A small grey picture."""
    path = tmp_path / "picture.png"
    cv2.imwrite(str(path), np.full((8, 8, 3), 100, np.uint8))
    return path


def test_a_picture_a_folder_and_a_video_are_told_apart(model: Path, picture: Path, tmp_path: Path) -> None:
    clip = write_clip(tmp_path / "clip.mp4", 3, size=(64, 48))
    folder = tmp_path / "folder"
    folder.mkdir()
    shutil.copy(picture, folder / "a.png")
    assert clean_file(picture, tmp_path / "out.png", model, "cpu").frames == 1
    assert clean_file(clip, tmp_path / "out.mp4", model, "cpu").frames == 3
    report = clean_file(str(folder), str(tmp_path / "out"), model, "cpu")
    assert report.destination == tmp_path / "out"
    assert int(cv2.imread(str(tmp_path / "out" / "a.png"))[0, 0, 0]) == 155


def test_a_film_is_cleaned_with_memory_and_pictures_without(picture: Path, tmp_path: Path) -> None:
    film, photos = tmp_path / "film", tmp_path / "photos"
    for number, frame in enumerate(textured_scene(3)):
        film.mkdir(exist_ok=True)
        cv2.imwrite(str(film / f"{number}.png"), frame)
    for number in range(3):
        photos.mkdir(exist_ok=True)
        cv2.imwrite(str(photos / f"{number}.png"), textured_scene(1, seed=number)[0])
    assert default_model(write_clip(tmp_path / "clip.mp4", 3, size=(64, 48))) == "fixed-camera"
    assert default_model(film) == "fixed-camera"
    assert default_model(photos) == "still"
    assert default_model(picture) == "still"
    shutil.copy(picture, photos / "a.png")
    assert default_model(photos) == "still"


def textured_scene(frames: int, seed: int = 7) -> list[np.ndarray]:
    """Frames of one scene with sensor noise: uint8 (96, 128, 3)."""
    rng = np.random.default_rng(seed)
    scene = cv2.resize(rng.integers(0, 256, (6, 8, 3), np.uint8), (128, 96), interpolation=cv2.INTER_CUBIC)
    return [np.clip(scene + rng.normal(0, 2, scene.shape), 0, 255).astype(np.uint8) for _ in range(frames)]


def test_a_folder_as_destination_takes_the_file_under_its_own_name(
    model: Path, picture: Path, tmp_path: Path
) -> None:
    (tmp_path / "out").mkdir()
    assert clean_file(picture, tmp_path / "out", model, "cpu").destination == tmp_path / "out" / "picture.png"


def test_the_source_is_never_overwritten(model: Path, picture: Path, tmp_path: Path) -> None:
    before = picture.read_bytes()
    (tmp_path / "link.png").symlink_to(picture)
    for destination in (picture, tmp_path / "link.png", tmp_path):
        with pytest.raises(ConfigError, match="source itself"):
            clean_file(picture, destination, model, overwrite=True)
    assert picture.read_bytes() == before


def test_what_is_there_is_only_replaced_on_demand(model: Path, picture: Path, tmp_path: Path) -> None:
    (tmp_path / "out.png").write_bytes(b"precious")
    with pytest.raises(ConfigError, match="--overwrite"):
        clean_file(picture, tmp_path / "out.png", model)
    assert (tmp_path / "out.png").read_bytes() == b"precious"
    clean_file(picture, tmp_path / "out.png", model, "cpu", overwrite=True)
    assert (tmp_path / "out.png").read_bytes() != b"precious"


def test_a_folder_that_holds_something_is_only_written_to_on_demand(
    model: Path, picture: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "a.png").write_bytes(picture.read_bytes())
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "a.png").write_bytes(b"precious")
    with pytest.raises(ConfigError, match="--overwrite"):
        clean_file(folder, tmp_path / "out", model)
    with pytest.raises(ConfigError, match="is a file"):
        clean_file(folder, picture, model)


def test_a_missing_source_and_an_address_are_told_apart(model: Path, tmp_path: Path) -> None:
    with pytest.raises(SourceNotFound, match=r"nothing\.mp4"):
        clean_file(tmp_path / "nothing.mp4", tmp_path / "out.mp4", model)
    with pytest.raises(ConfigError, match="streamdesnow run") as caught:
        clean_file("rtsp://me:secret@10.0.0.5/live", tmp_path / "out.mp4", model)
    assert "secret" not in str(caught.value)


def test_a_pipe_is_refused_and_not_waited_for(model: Path, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.mp4")
    with pytest.raises(SourceUnsupported, match=r"pipe\.mp4: is a pipe"):
        clean_file(tmp_path / "pipe.mp4", tmp_path / "out.mp4", model, "cpu")
