from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
import tiny_models
from typer.testing import CliRunner

from streamdesnow.cli.app import build_app
from streamdesnow.cli.demo_detection import DATA_VARIABLE
from streamdesnow.config.detect import DetectConfig
from streamdesnow.detect.detection import Box, Detection
from streamdesnow.detect.memory import MemoryDetector
from streamdesnow.detect.weights import DETECTORS_VARIABLE
from streamdesnow.frame import Image


def run_demo(*arguments: str) -> Any:
    return CliRunner().invoke(build_app(), ["demo", "detection", *arguments])


def find(image: Image) -> Iterable[Detection]:
    yield Detection("person", 0, 0.8, Box(10, 10, 30, 60))


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[DetectConfig]:
    """Detectors that were asked for; each is the twin in memory."""
    configs: list[DetectConfig] = []

    def open_twin(config: DetectConfig) -> MemoryDetector:
        configs.append(config)
        twin = MemoryDetector(find)
        twin.open()
        return twin

    monkeypatch.setattr("streamdesnow.cli.demo_detection.open_detector", open_twin)
    return configs


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty data folder and working directory."""
    folder = tmp_path / "data"
    folder.mkdir()
    monkeypatch.setenv(DATA_VARIABLE, str(folder))
    monkeypatch.chdir(tmp_path)
    return folder


@pytest.fixture
def models(tmp_path: Path) -> list[str]:
    film, photo = tiny_models.averaging(tmp_path / "mean"), tiny_models.blur(tmp_path / "blur")
    return ["--model", str(film), "--photo-model", str(photo), "--duration", "120ms", "--size", "160x96"]


def write_photo(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    cv2.imwrite(str(path), np.full((96, 128, 3), 120, np.uint8))


def test_the_drawn_street_becomes_film_picture_and_page(
    asked: list[DetectConfig], data: Path, models: list[str], tmp_path: Path
) -> None:
    result = run_demo(*models, "--confidence", "0.25")
    assert result.exit_code == 0, result.output
    folder = tmp_path / "out" / "demo-detection"
    assert sorted(path.name for path in folder.iterdir()) == ["report.html", "street.mp4", "street.png"]
    assert (asked[0].model, asked[0].confidence) == ("tiny-yolov3", 0.25)
    for told in ("drawn street", "person", "all pictures", "report.html"):
        assert told in result.output
    assert "drawn street, heavy snow" in (folder / "report.html").read_text()


def test_photographs_of_the_data_folder_are_shown_too(
    asked: list[DetectConfig], data: Path, models: list[str], tmp_path: Path
) -> None:
    write_photo(data / "stills" / "snow" / "a_dog.png")
    write_photo(data / "stills" / "snow" / "street.png")
    result = run_demo(*models, "-o", "there")
    assert result.exit_code == 0, result.output
    names = sorted(path.name for path in (tmp_path / "there").iterdir())
    assert names == ["a_dog.png", "report.html", "street-3.png", "street.mp4", "street.png"]
    assert "a dog" in result.output


def test_a_picture_that_cannot_be_read_is_left_out_and_named(
    asked: list[DetectConfig], data: Path, models: list[str], tmp_path: Path
) -> None:
    write_photo(tmp_path / "photos" / "good.png")
    (tmp_path / "photos" / "bad.png").write_bytes(b"no picture")
    result = run_demo(*models, "--photos", "photos", "-o", "there")
    assert result.exit_code == 0, result.output
    assert "bad.png" in result.output
    assert "bad.png" in (tmp_path / "there" / "report.html").read_text()
    assert not (tmp_path / "there" / "bad.png").exists()


def test_missing_weights_are_explained(
    data: Path, models: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(DETECTORS_VARIABLE, "")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "share"))
    result = run_demo(*models)
    assert result.exit_code == 4
    assert "models import tiny-yolov3.pt" in result.output
    assert str(tmp_path / "share") in result.output.replace("\n", "")


def test_weights_that_lie_in_the_data_folder_are_pointed_to(
    data: Path, models: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "share"))
    (data / "weights").mkdir()
    weights = data / "weights" / "tiny-yolov3.pt"
    weights.touch()
    result = run_demo(*models)
    assert result.exit_code == 4
    assert f"models import {weights}" in result.output.replace("\n", "")


def test_nonsense_is_explained(data: Path, models: list[str]) -> None:
    assert run_demo("--video", "nosuch.mp4").exit_code == 3
    result = run_demo("--duration", "0s")
    assert result.exit_code == 2
    assert "--duration" in result.output
