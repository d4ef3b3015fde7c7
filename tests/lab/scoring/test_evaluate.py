from __future__ import annotations

import json
import math
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest
import tiny_models
from clips import write_clip
from typer.testing import CliRunner

from streamdesnow.cli.app import build_app
from streamdesnow.lab.data.pairs import Pair
from streamdesnow.lab.scoring.contact_sheet import contact_sheet
from streamdesnow.lab.scoring.evaluate import evaluate
from streamdesnow.lab.scoring.methods import baselines, model_methods


class FlatFilm:
    """Grey frames; every fifth frame a flake covers the left third of each."""

    name = "flat film"

    def __init__(self, frames: int = 40, video: bool = True) -> None:
        self.video = video
        self._frames = frames

    def __iter__(self) -> Iterator[Pair]:
        for index in range(self._frames):
            truth = np.full((24, 36, 3), 100, np.uint8)
            snowy = truth.copy()
            if index % 5 == 0:
                snowy[:, :12] = 200
            yield Pair(snowy, truth, np.zeros((24, 36), np.bool_) if self.video else None)


def test_every_method_is_scored_on_the_same_frames() -> None:
    evaluation = evaluate(FlatFilm(), baselines(video=True), skip=12)
    assert list(evaluation.scores) == ["input", "median 3", "median 5", "median 9", "low quantile"]
    assert {score.frames for score in evaluation.scores.values()} == {28}
    assert evaluation.scores["median 3"].psnr == math.inf
    assert evaluation.scores["input"].psnr == pytest.approx(10 * math.log10(255**2 * 28 * 3 / (5 * 100**2)))


def test_stills_have_no_memory_and_skip_nothing() -> None:
    calls: list[str] = []

    def stream(camera: str):  # type: ignore[no-untyped-def]
        calls.append(camera)
        return lambda image: image

    pairs = FlatFilm(4, video=False)
    methods = baselines(pairs.video) | model_methods({"mine": stream}, pairs.video)
    evaluation = evaluate(pairs, methods, skip=12)
    assert list(evaluation.scores) == ["input", "mine"]
    assert evaluation.scores["mine"].frames == 4
    assert len(calls) == 4


def test_the_report_counts_every_frame() -> None:
    seen: list[int] = []
    evaluate(FlatFilm(5), baselines(video=True), skip=2, report=seen.append)
    assert seen == [1, 2, 3, 4, 5]


def test_infinite_and_unknown_scores_are_null_in_json() -> None:
    evaluation = evaluate(FlatFilm(), baselines(video=True))
    scores = json.loads(json.dumps(evaluation.as_json(), allow_nan=False))["scores"]
    assert scores["median 5"]["psnr"] is None
    assert scores["median 5"]["psnr_moving"] is None
    assert scores["input"]["psnr"] > 10


def test_a_clip_shorter_than_the_skipped_frames_has_no_scores() -> None:
    evaluation = evaluate(FlatFilm(5), baselines(video=True), skip=12)
    assert evaluation.scores["input"].frames == 0
    assert contact_sheet(evaluation).shape == (1, 1, 3)


def test_the_contact_sheet_has_a_tile_for_every_method_and_the_truth() -> None:
    sheet = contact_sheet(evaluate(FlatFilm(), baselines(video=True)))
    tile = 480 * 24 // 36 + 26
    assert sheet.shape == (3 * (tile + 4), 6 * 484, 3)


def test_the_command_scores_a_model_beside_the_baselines(tmp_path: Path) -> None:
    rng = np.random.default_rng(1)
    texture = rng.integers(60, 120, (48, 64, 3)).astype(np.uint8)
    clip = write_clip(tmp_path / "clean.mkv", [texture] * 20, codec="ffv1", pix_fmt="bgr0")
    model = tiny_models.averaging(tmp_path / "mean")
    arguments = ["eval", str(clip), "--model", str(model), "--width", "0", "--skip", "5", "-o", str(tmp_path)]
    result = CliRunner().invoke(build_app(), arguments)
    assert result.exit_code == 0, result.output
    (entry,) = json.loads((tmp_path / "scores.json").read_text())
    assert list(entry["scores"])[-1] == "mean"
    assert entry["scores"]["mean"]["psnr"] > entry["scores"]["input"]["psnr"]
    sheet = cv2.imread(str(tmp_path / "clean-heavy-streaks.png"))
    assert sheet is not None
    assert "median 9" in result.output


def test_models_in_folders_of_one_name_are_told_apart_by_the_folders_above(tmp_path: Path) -> None:
    clip = write_clip(tmp_path / "clean.mkv", [np.full((48, 64, 3), 90, np.uint8)] * 4, codec="ffv1")
    models = [tiny_models.blur(tmp_path / "gate/best"), tiny_models.inverting(tmp_path / "yard/best")]
    arguments = ["eval", str(clip), "--width", "0", "--skip", "0", "-o", str(tmp_path)]
    for model in [*models, models[0]]:
        arguments += ["--model", str(model)]
    assert CliRunner().invoke(build_app(), arguments).exit_code == 0
    (entry,) = json.loads((tmp_path / "scores.json").read_text())
    psnr = {name: score["psnr"] for name, score in entry["scores"].items()}
    assert list(psnr)[-2:] == ["gate best", "yard best"]
    assert psnr["yard best"] < 15 < psnr["gate best"], "255 - 90, and a blurred 90"


def test_clips_of_one_name_are_told_apart_by_their_folders(tmp_path: Path) -> None:
    still = [np.full((48, 64, 3), 90, np.uint8)] * 4
    clips = [tmp_path / camera / "12-00.mkv" for camera in ("gate", "yard")] + [tmp_path / "12-30.mkv"]
    for clip in clips:
        clip.parent.mkdir(exist_ok=True)
        write_clip(clip, still, codec="ffv1", pix_fmt="bgr0")
    arguments = ["eval", *map(str, clips), "--only-baselines", "--width", "0", "--skip", "1", "-o"]
    result = CliRunner().invoke(build_app(), [*arguments, str(tmp_path / "out")])
    assert result.exit_code == 0, result.output
    names = ["gate 12-00 heavy streaks", "yard 12-00 heavy streaks", "12-30 heavy streaks"]
    assert [entry["name"] for entry in json.loads((tmp_path / "out/scores.json").read_text())] == names
    sheets = {path.name for path in (tmp_path / "out").glob("*.png")}
    assert sheets == {f"{name.replace(' ', '-')}.png" for name in names}


def test_a_clip_of_which_nothing_would_be_scored_is_refused(tmp_path: Path) -> None:
    arguments = ["eval", "street", "--only-baselines", "--frames", "5", "-o", str(tmp_path)]
    result = CliRunner().invoke(build_app(), arguments)
    assert result.exit_code == 2
    assert "skip fewer" in result.output


def test_the_command_names_an_unknown_model(tmp_path: Path) -> None:
    result = CliRunner().invoke(build_app(), ["eval", "street", "-m", "nosuch", "-o", str(tmp_path)])
    assert result.exit_code == 4
    assert "nosuch" in result.output


def test_the_command_names_a_folder_it_cannot_write_to(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    arguments = ["eval", "street", "--only-baselines", "-o", str(tmp_path / "file")]
    result = CliRunner().invoke(build_app(), arguments)
    assert result.exit_code == 5
    assert str(tmp_path / "file") in result.output.replace("\n", "")
