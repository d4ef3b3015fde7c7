from __future__ import annotations

from pathlib import Path
from typing import Any

import cv2
import pytest
import tiny_models
from typer.testing import CliRunner

from streamdesnow.capture.av_reader import AvReader
from streamdesnow.cli.app import build_app
from streamdesnow.cli.demo_pipeline import DemoFiles, demo_pipeline
from streamdesnow.config.camera import SimulatedConfig
from streamdesnow.errors import ConfigError


def run_demo(*arguments: str) -> Any:
    return CliRunner().invoke(build_app(), ["demo", *arguments])


@pytest.fixture
def empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "empty"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


def test_it_replaces_what_an_earlier_demo_left_with_films_and_a_picture(
    empty_folder: Path, tmp_path: Path
) -> None:
    model = tiny_models.averaging(tmp_path / "mean")
    folder = empty_folder / "out" / "demo"
    folder.mkdir(parents=True)
    for name in ("cleaned.mp4", "before-after.png"):
        (folder / name).write_text("an earlier demo's")
    result = run_demo("--duration", "400ms", "--size", "160x96", "--model", str(model))
    assert result.exit_code == 0, result.output
    assert sorted(path.name for path in folder.iterdir()) == [
        "before-after.mp4",
        "before-after.png",
        "cleaned.mp4",
    ]
    with AvReader.for_file(folder / "cleaned.mp4") as reader:
        frames = list(reader)
    assert len(frames) == 10
    assert frames[0].image.shape == (96, 160, 3)
    picture = cv2.imread(str(folder / "before-after.png"))
    assert picture is not None
    assert picture.shape[1] >= 2 * 160
    for told in ("10 frames", "0 dropped", "dB snowy", "mean", "before-after.png"):
        assert told in result.output


def test_the_command_line_changes_the_film() -> None:
    config = demo_pipeline(DemoFiles(Path("there")), 2.0, (320, 180), "light", "paper")
    (camera,) = config.cameras.values()
    assert isinstance(camera.source, SimulatedConfig)
    assert (camera.source.duration, camera.source.size, camera.source.snow) == (2.0, (320, 180), "light")
    assert config.model == "paper"
    directories = {output.record.directory for output in config.outputs if output.record}
    assert directories == {Path("there")}


def test_what_is_not_asked_for_stays_as_in_the_pipeline_file() -> None:
    config = demo_pipeline(DemoFiles(Path("out")), None, None, None, None)
    (camera,) = config.cameras.values()
    assert isinstance(camera.source, SimulatedConfig)
    assert (camera.source.duration, camera.source.size, camera.source.snow) == (10.0, (960, 540), "heavy")
    assert config.model == "fixed-camera"


def test_an_endless_demo_is_refused() -> None:
    with pytest.raises(ConfigError, match="--duration"):
        demo_pipeline(DemoFiles(Path("out")), 0.0, None, None, None)


def test_nonsense_is_explained() -> None:
    result = run_demo("--size", "huge")
    assert result.exit_code == 2
    assert "1280x720" in result.output


def test_a_folder_that_is_a_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    result = run_demo("-o", str(tmp_path / "file"))
    assert result.exit_code == 5
    assert str(tmp_path / "file") in result.output.replace("\n", "")


def test_an_unknown_model_is_named(tmp_path: Path) -> None:
    result = run_demo("-o", str(tmp_path), "--model", "nosuch")
    assert result.exit_code == 4
    assert "nosuch" in result.output
