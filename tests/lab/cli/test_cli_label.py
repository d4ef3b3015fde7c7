"""`streamdesnow label`, with a network in the process that detection uses."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from onnx_files import write_network
from typer.testing import CliRunner

from streamdesnow.cli.app import build_app
from streamdesnow.lab.data.labels import labels_of, read_labels
from streamdesnow.lab.scenes.cutouts import Cutouts


def label(*arguments: str | Path) -> Any:
    return CliRunner().invoke(build_app(), ["label", *map(str, arguments)])


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    folder = tmp_path / "photos"
    (folder / "yard").mkdir(parents=True)
    for path in (folder / "a.jpg", folder / "yard/b.png"):
        cv2.imwrite(str(path), np.random.default_rng(0).integers(0, 255, (64, 64, 3), np.uint8))
    return folder


@pytest.fixture
def detector(tmp_path: Path) -> Path:
    """Sees a person in the middle of whatever it is shown, and a car in the corner."""
    rows = np.zeros((1, 20, 7), np.float32)
    rows[0, 3] = (32, 32, 8, 16, 1.0, 0.9, 0.1)
    rows[0, 9] = (10, 10, 4, 4, 1.0, 0.1, 0.8)
    return write_network(tmp_path / "mine.onnx", rows, {"names": "{0: 'person', 1: 'car'}"})


def test_boxes_are_written_beside_photographs_in_folders_of_folders(photos: Path, detector: Path) -> None:
    result = label(photos, "--detector", detector, "--class", "person")
    assert result.exit_code == 0, result.output
    assert "in 2 photographs" in result.output
    for path in (photos / "a.jpg", photos / "yard/b.png"):
        labels = read_labels(labels_of(path))
        assert labels
        assert {each.class_id for each in labels} == {0}
    assert len(Cutouts([photos])) == sum(
        len(read_labels(labels_of(p))) for p in (photos / "a.jpg", photos / "yard/b.png")
    )


def test_what_somebody_has_drawn_is_left_unless_asked(photos: Path, detector: Path) -> None:
    drawn = labels_of(photos / "a.jpg")
    drawn.parent.mkdir()
    drawn.write_text("7 0.5 0.5 0.1 0.1\n")
    result = label(photos, "--detector", detector, "--class", "person")
    assert "1 that had some were left" in result.output
    assert drawn.read_text() == "7 0.5 0.5 0.1 0.1\n"
    result = label(photos, "--detector", detector, "--class", "person", "--replace")
    assert result.exit_code == 0, result.output
    assert drawn.read_text().startswith("0 ")


def test_a_damaged_photograph_costs_no_other(photos: Path, detector: Path) -> None:
    (photos / "a.jpg").write_bytes(b"no picture")
    cv2.imwrite(str(photos / "c.jpg"), np.zeros((64, 64, 3), np.uint8))
    cv2.imwrite(str(photos / "c.png"), np.zeros((64, 64, 3), np.uint8))
    result = label(photos, "--detector", detector)
    assert result.exit_code == 0, result.output
    assert "in 2 photographs; 1 could not be read" in result.output
    assert not labels_of(photos / "a.jpg").exists()
    assert {photo.name for photo, _ in Cutouts([photos])._boxes} == {"b.png", "c.jpg"}


def test_a_class_that_nobody_knows_is_named(photos: Path, detector: Path) -> None:
    result = label(photos, "--detector", detector, "--class", "sledge")
    assert result.exit_code == 2
    assert "--class sledge" in result.output


def test_a_folder_without_photographs_is_named(tmp_path: Path, detector: Path) -> None:
    result = label(tmp_path / "nowhere", "--detector", detector)
    assert result.exit_code == 2
    assert "nowhere: no photographs" in result.output


def test_the_real_detector_finds_people_on_streets(shared_data: Path, tmp_path: Path) -> None:
    from streamdesnow.lab.detectors.import_weights import import_weights

    network = import_weights(shared_data / "weights/tiny-yolov3.pt", tmp_path / "tiny.onnx").path
    street = shared_data / "photos/train/camvid/0001TP_006960.jpg"
    (tmp_path / "photos").mkdir()
    (tmp_path / "photos" / street.name).write_bytes(street.read_bytes())
    result = label(tmp_path / "photos", "--detector", network)
    assert result.exit_code == 0, result.output
    kinds = [each.class_id for each in read_labels(labels_of(tmp_path / "photos" / street.name))]
    assert {0, 5} <= set(kinds)  # somebody at the kerb, and the bus
