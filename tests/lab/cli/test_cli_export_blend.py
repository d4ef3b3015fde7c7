"""`streamdesnow export --blend` writes the mean of several runs."""

from __future__ import annotations

from pathlib import Path

import pytest
from drawn_photos import draw_photos
from typer.testing import CliRunner, Result

from streamdesnow.cli.app import build_app
from streamdesnow.lab.training.recipe import load_recipe
from streamdesnow.lab.training.train import train


@pytest.fixture
def checkpoint(tmp_path: Path) -> Path:
    photos = (draw_photos(tmp_path / "photos"),)
    recipe = load_recipe("tune-fixed-camera-small").model_copy(update={"photos": photos, "workers": 0})
    return train(recipe, tmp_path / "run", device="cpu", limit_s=0.0)


def _export(*arguments: object) -> Result:
    return CliRunner().invoke(build_app(), ["export", *map(str, arguments)])


@pytest.mark.timeout(300)  # torch traces the network for half a minute, more beside other work
def test_weights_of_checkpoints_and_models_are_averaged(checkpoint: Path, tmp_path: Path) -> None:
    result = _export(checkpoint, tmp_path / "mine", "--blend", "fixed-camera-small", "--blend", checkpoint)
    assert result.exit_code == 0, result.output
    assert "torch and onnxruntime agree" in result.output
    assert (tmp_path / "mine/model.onnx").is_file()


def test_shares_that_do_not_fit_say_why(checkpoint: Path, tmp_path: Path) -> None:
    blends = ("--blend", checkpoint, "--blend", "fixed-camera-small")
    few = _export(checkpoint, tmp_path / "mine", *blends, "--share", "0.3")
    assert "--share is given 1 times and --blend 2 times" in few.output
    much = _export(checkpoint, tmp_path / "mine", *blends, "--share", "0.7", "--share", "0.7")
    assert "sum up to 1.4" in much.output
    other = _export(checkpoint, tmp_path / "mine", "--blend", "fixed-camera")
    assert "fixed-camera is another network" in other.output
    assert not (tmp_path / "mine").exists()
