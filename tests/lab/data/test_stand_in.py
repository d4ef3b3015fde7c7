"""The stand-in for Snow100K: calibrated on its input, and the table made from it."""

from __future__ import annotations

import importlib
import json
import sys
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from drawn_dataset import draw_pairs
from drawn_photos import draw_photos

from streamdesnow.lab.data.photos import find_photos
from streamdesnow.lab.data.stand_in import SUBSETS, Calibration, StandIn, calibrate
from streamdesnow.lab.metrics import psnr

SNOW = Calibration("sprites", 0.1, 0.9, 0, 0)


@pytest.fixture(scope="module")
def photos(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    return find_photos(draw_photos(tmp_path_factory.mktemp("photos"), count=2))


@pytest.fixture
def script(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The benchmark, which finds what it shares with others beside it, as every script does."""
    monkeypatch.syspath_prepend(str(Path(__file__).parents[3] / "benchmarks"))
    return importlib.import_module("paper_table")


def test_the_search_finds_snow_whose_input_scores_as_wanted(photos: list[Path]) -> None:
    found = calibrate(photos, (23.0, 0.80))
    # Two small pictures have few flakes: one more or less shows.
    assert found.psnr == pytest.approx(23.0, abs=0.4)
    # Opacity alone cannot bring SSIM to any figure; it comes as near as it can.
    assert found.ssim == pytest.approx(0.80, abs=0.15)


def test_opacity_found_on_a_sample_fits_all_photographs(photos: list[Path]) -> None:
    found = calibrate(photos, (23.0, 0.80), sample=1)
    scores = [psnr(p.snowy, p.truth) for subset in SUBSETS for p in StandIn(photos, subset, found)]
    assert np.mean(scores) == pytest.approx(23.0, abs=0.4)
    assert found.psnr == pytest.approx(float(np.mean(scores)))


def test_flakes_of_the_large_subset_are_larger(photos: list[Path]) -> None:
    widest = []
    for subset in SUBSETS:
        pair = next(iter(StandIn(photos, subset, SNOW)))
        changed = (pair.snowy != pair.truth).any(axis=2)
        runs = np.diff(np.flatnonzero(np.diff(np.pad(changed, ((0, 0), (1, 1))).astype(np.int8).ravel())))[
            ::2
        ]
        widest.append(runs.max())
    assert widest[0] < widest[2]


def test_a_picture_has_the_same_snow_in_any_selection(photos: list[Path]) -> None:
    both = list(StandIn(photos, "medium", SNOW))
    (second,) = StandIn(photos[1:], "medium", SNOW)
    assert np.array_equal(both[1].snowy, second.snowy)


def test_the_table_says_that_it_is_a_stand_in_and_which_row_is_missing(
    script: ModuleType, photos: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import tiny_models

    model = tiny_models.averaging(tmp_path / "mean")
    arguments = ["--photos", str(photos[0].parent), "--proposed", str(model), "--out", str(tmp_path / "out")]
    monkeypatch.setattr(sys, "argv", ["paper_table.py", *arguments])
    script.main()
    text = (tmp_path / "out/paper-table.md").read_text()
    assert "stand-in for Snow100K" in text
    assert "left out: deblurgan" in text
    assert "order by PSNR" in text
    scores = json.loads((tmp_path / "out/paper-table.json").read_text())
    assert [entry["name"] for entry in scores["subsets"]] == list(SUBSETS)
    assert len(scores["subsets"][0]["pictures"]) == 2
    assert (tmp_path / "out/large.png").stat().st_size > 0


def test_the_real_set_needs_no_stand_in(
    script: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import tiny_models

    model = tiny_models.averaging(tmp_path / "mean")
    for part in ("Snow100K-L", "Snow100K-S"):
        draw_pairs(tmp_path / "real/test" / part / "synthetic", tmp_path / "real/test" / part / "gt", count=1)
    arguments = [
        "--snow100k",
        str(tmp_path / "real"),
        "--proposed",
        str(model),
        "--out",
        str(tmp_path / "out"),
    ]
    monkeypatch.setattr(sys, "argv", ["paper_table.py", *arguments])
    script.main()
    text = (tmp_path / "out/paper-table.md").read_text()
    assert "stand-in" not in text
    assert "| system | paper | Snow100K-L | Snow100K-S | all |" in text
