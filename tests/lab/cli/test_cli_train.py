"""`streamdesnow train`: mistakes are told before anything begins."""

from __future__ import annotations

from pathlib import Path

from clips import write_clip
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


def test_recordings_take_the_place_of_the_photographs_of_a_recipe(tmp_path: Path) -> None:
    clip = write_clip(tmp_path / "yard.mp4", 50, size=(256, 192))
    recipe = tmp_path / "tiny.yaml"
    recipe.write_text(
        "{kind: causal, name: tiny, photos: [nowhere], side: 64, batch: 1, iterations: 1, rate: 0.001, "
        "workers: 0, validate_every: 1, width: 8, deep: 8, blocks: [1, 1, 1], carried: 4, window: 2, "
        "length: [4, 6]}"
    )
    output = ("--output", str(tmp_path / "run"))
    assert "nowhere" in train(str(recipe), *output).stderr
    missing = train(str(recipe), *output, "--clips", str(clip), "--photos", "elsewhere")
    assert "elsewhere" in missing.stderr
    done = train(str(recipe), *output, "--clips", str(clip))
    assert done.exit_code == 0, done.output
    assert (tmp_path / "run/checkpoint.pt").is_file()
    still = train("paper-short", "--clips", str(clip))
    assert still.exit_code == 2
    assert "leave --clips out" in still.stderr


def test_who_has_no_boxes_beside_photographs_is_told_how_to_have_some(tmp_path: Path) -> None:
    recipe = tmp_path / "tiny.yaml"
    recipe.write_text(
        "{kind: causal, name: tiny, photos: [nowhere], side: 64, batch: 1, iterations: 1, rate: 0.001, "
        "workers: 0, validate_every: 1, width: 8, deep: 8, blocks: [1, 1, 1], carried: 4, window: 2, "
        "length: [4, 6]}"
    )
    photos = draw_photos(tmp_path / "photos")
    output = ("--photos", str(photos), "--output", str(tmp_path / "run"))
    without = train(str(recipe), *output)
    assert without.exit_code == 0, without.output
    assert "streamdesnow label" in without.stderr
    (photos / "labels").mkdir()
    (photos / "labels/0.txt").touch()
    assert "streamdesnow label" not in train(str(recipe), *output).stderr
    assert "streamdesnow label" not in train(str(recipe)).stderr


def test_a_run_on_other_pictures_is_not_taken_for_this_one(tmp_path: Path) -> None:
    recipe = tmp_path / "tiny.yaml"
    recipe.write_text(
        "{kind: still, name: tiny, photos: [nowhere], side: 32, batch: 1, iterations: 1, "
        "rate: 0.001, workers: 0, validate_every: 1}"
    )
    gate, yard = (str(draw_photos(tmp_path / name)) for name in ("gate", "yard"))
    output = ("--output", str(tmp_path / "run"))
    assert train(str(recipe), "--photos", gate, *output).exit_code == 0
    assert train(str(recipe), "--photos", gate, *output).exit_code == 0
    other = train(str(recipe), "--photos", yard, *output)
    assert other.exit_code == 2
    assert "gate instead of" in " ".join(other.stderr.split())
    assert "--output" in other.stderr
