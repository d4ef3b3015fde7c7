"""`streamdesnow train`: mistakes are told before anything begins."""

from __future__ import annotations

from pathlib import Path

from drawn_photos import draw_photos
from typer.testing import CliRunner, Result

from streamdesnow.cli.app import build_app


def train(*arguments: str) -> Result:
    return CliRunner().invoke(build_app(), ["train", *arguments])


def test_a_limit_that_is_no_time_is_explained() -> None:
    result = train("fixed-camera", "--limit", "5parsecs")
    assert result.exit_code == 2
    assert "Invalid value" in result.output


def test_the_loss_of_features_can_be_left_out_or_have_other_weights(tmp_path: Path) -> None:
    recipe = tmp_path / "tiny.yaml"
    # Drawn here: a process that draws is forked, which one with the threads of other tests does not survive.
    recipe.write_text(
        "{kind: still, name: tiny, photos: [nowhere], vgg: nowhere.pt, side: 32, batch: 1, iterations: 1, "
        "rate: 0.001, workers: 0, validate_every: 1}"
    )
    place = ("--photos", str(draw_photos(tmp_path / "photos")), "--output", str(tmp_path / "run"))
    missing = train(str(recipe), *place, "--vgg", str(tmp_path / "vgg.pt"))
    assert missing.exit_code == 2
    assert "vgg.pt is not there" in missing.stderr
    done = train(str(recipe), *place, "--vgg", "none")
    assert done.exit_code == 0, done.output
    assert (tmp_path / "run/checkpoint.pt").is_file()


def test_networks_with_memory_know_no_vgg() -> None:
    result = train("fixed-camera", "--vgg", "none")
    assert result.exit_code == 2
    assert "leave --vgg out" in result.stderr
