"""`streamdesnow eval` on single pictures: published sets, clean photographs, a score for each picture."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from drawn_dataset import draw_pairs
from drawn_photos import draw_photos
from typer.testing import CliRunner

from streamdesnow.cli.app import build_app
from streamdesnow.lab.data.open_pairs import SnowChoice, open_pairs


def run(*arguments: str) -> str:
    result = CliRunner().invoke(build_app(), ["eval", *arguments, "--only-baselines"])
    assert result.exit_code == 0, result.output
    return result.output


def test_every_test_part_of_a_set_is_scored_apart(tmp_path: Path) -> None:
    for part in ("train", "test/Snow100K-S", "test/Snow100K-M"):
        folder = tmp_path / "set/media/jdway" / part
        draw_pairs(folder / "synthetic", folder / "gt", count=2, side=64)
    output = run(str(tmp_path / "set"), "--baseline", "zheng2013", "-o", str(tmp_path / "out"))
    entries = json.loads((tmp_path / "out/scores.json").read_text())
    assert [entry["name"] for entry in entries] == ["Snow100K-M", "Snow100K-S"]
    assert list(entries[0]["scores"]) == ["input", "zheng2013"]
    first = entries[0]["pictures"][0]
    assert first["name"] == "0.jpg"
    assert set(first["scores"]["zheng2013"]) == {"psnr", "psnr_y", "ssim", "lpips"}
    assert "1.jpg" in output
    assert (tmp_path / "out/Snow100K-S.png").stat().st_size > 0


def test_snow_is_drawn_over_a_folder_of_photographs(tmp_path: Path) -> None:
    photos = draw_photos(tmp_path / "photos/deep", count=2).parent
    choice = SnowChoice(("light", "heavy"), ("streaks",), 128, None, 1)
    light, heavy = open_pairs(str(photos), None, choice)
    assert (light.name, light.video) == ("photos light streaks", False)
    pair = next(iter(light))
    assert pair.truth.shape == (96, 128, 3)
    assert pair.name == "0.png"
    changed = [(p.snowy != p.truth).mean() for p in (pair, next(iter(heavy)))]
    assert 0 < changed[0] < changed[1]
    # The same picture gets the same snow among fewer pictures.
    (one,) = next(iter(open_pairs(str(photos), None, SnowChoice(("light",), ("streaks",), 128, 1, 1))))
    assert (one.snowy == pair.snowy).all()


def test_lpips_is_scored_where_its_weights_are_given(shared_data: Path, tmp_path: Path) -> None:
    draw_pairs(tmp_path / "synthetic", tmp_path / "gt", count=1)
    weights = shared_data / "weights/alex_shift_tolerant.pth"
    output = run(str(tmp_path), "--lpips", str(weights), "-o", str(tmp_path / "out"))
    (entry,) = json.loads((tmp_path / "out/scores.json").read_text())
    assert entry["scores"]["input"]["lpips"] == pytest.approx(
        entry["pictures"][0]["scores"]["input"]["lpips"]
    )
    assert entry["scores"]["input"]["lpips"] > 0
    assert "LPIPS" in output


def test_missing_lpips_weights_are_named(tmp_path: Path) -> None:
    draw_pairs(tmp_path / "synthetic", tmp_path / "gt", count=1)
    arguments = [
        "eval",
        str(tmp_path),
        "--lpips",
        "none.pth",
        "--only-baselines",
        "-o",
        str(tmp_path / "out"),
    ]
    result = CliRunner().invoke(build_app(), arguments)
    assert result.exit_code != 0
    assert "none.pth" in result.output
