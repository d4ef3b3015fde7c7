from __future__ import annotations

import math

import numpy as np
import pytest

from streamdesnow.frame import Image
from streamdesnow.lab.metrics import psnr_of
from streamdesnow.lab.scoring.clip_score import Scorer


def grey(value: int) -> Image:
    return np.full((20, 30, 3), value, np.uint8)


LEFT = np.zeros((20, 30), np.bool_)
LEFT[:, :10] = True


def test_still_and_moving_pixels_are_scored_apart() -> None:
    output = grey(100)
    output[:, :10] = 120
    output[:, 10:] = 103
    scorer = Scorer()
    scorer.add(grey(100), grey(100), output, LEFT)
    score = scorer.score()
    assert score.psnr_moving == pytest.approx(psnr_of(20**2))
    assert score.psnr_still == pytest.approx(psnr_of(3**2))
    assert score.psnr == pytest.approx(psnr_of((20**2 + 2 * 3**2) / 3))
    assert score.moving == pytest.approx(1 / 3)


def test_a_clip_is_scored_by_its_mean_squared_error() -> None:
    scorer = Scorer()
    for error in (1, 9):
        scorer.add(grey(50), grey(50), grey(50 + error), LEFT)
    score = scorer.score()
    assert score.frames == 2
    assert score.psnr == pytest.approx(psnr_of((1 + 81) / 2))
    assert score.psnr_frames == pytest.approx((psnr_of(1) + psnr_of(81)) / 2)
    assert score.psnr_y == pytest.approx(psnr_of((219 / 255) ** 2 * (1 + 81) / 2))


def test_a_constant_offset_does_not_flicker() -> None:
    scorer = Scorer()
    for value in (50, 90, 20):
        scorer.add(grey(value), grey(value), grey(value + 7), LEFT)
    assert scorer.score().flicker == pytest.approx(0.0, abs=1e-9)


def test_flicker_is_the_spread_of_the_error_over_time_where_it_is_still() -> None:
    scorer = Scorer()
    for error in (0, 10, 0, 10):
        output = grey(50 + error)
        output[:, :10] = 50 if error else 250
        scorer.add(grey(50), grey(50), output, LEFT)
    assert scorer.score().flicker == pytest.approx(5 * 219 / 255)


def test_flicker_leaves_out_the_frames_in_which_a_pixel_moves() -> None:
    scorer, nothing = Scorer(), np.zeros((20, 30), np.bool_)
    for number in range(8):
        passing = number == 3
        output = grey(50)
        if passing:
            output[:, :10] = 200
        scorer.add(grey(50), grey(50), output, LEFT if passing else nothing)
    assert scorer.score().flicker == pytest.approx(0.0, abs=1e-9)


def test_harm_is_counted_against_the_input() -> None:
    snowy, output = grey(100), grey(100)
    snowy[:5] = 160
    output[:10, :10] = 140
    scorer = Scorer()
    scorer.add(snowy, grey(100), output, LEFT)
    score = scorer.score()
    assert score.worse_moving == pytest.approx(5 / 20), "rows 5 to 9; rows 0 to 4 came closer to the truth"
    assert score.worse_still == 0


def test_perfect_output_is_infinitely_good() -> None:
    scorer = Scorer()
    scorer.add(grey(9), grey(9), grey(9), LEFT)
    score = scorer.score()
    assert score.psnr == score.psnr_y == score.psnr_moving == math.inf
    assert score.ssim == pytest.approx(1.0)


def test_stills_have_no_moving_pixels_and_no_flicker() -> None:
    scorer = Scorer()
    scorer.add(grey(9), grey(9), grey(12), None)
    score = scorer.score()
    assert score.psnr == score.psnr_still == pytest.approx(psnr_of(9))
    assert math.isnan(score.psnr_moving)
    assert math.isnan(score.flicker)


def test_without_frames_nothing_is_known() -> None:
    assert math.isnan(Scorer().score().psnr)
