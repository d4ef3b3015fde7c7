from __future__ import annotations

import math

import numpy as np
import pytest
from twins import frame

from streamdesnow.clock import ManualClock
from streamdesnow.frame import CleanedFrame, Image
from streamdesnow.pipeline.score import ScoreTap


def offered(tap: ScoreTap, index: int, shift: int) -> None:
    before = frame(index)
    tap.runner.offer(CleanedFrame(before, before.image - np.uint8(shift), restored_at=0.0))
    tap.runner.run_once(0)


def black(index: int) -> Image:
    return np.zeros((4, 8, 3), np.uint8)


def test_psnr_is_that_of_the_mean_squared_error_over_all_frames() -> None:
    tap = ScoreTap("demo", black, ManualClock(), every=1)
    tap.runner.run_once(0)
    offered(tap, 3, shift=3)
    offered(tap, 4, shift=3)
    score = tap.score
    assert score is not None
    assert score.frames == 2
    assert score.before == pytest.approx(10 * math.log10(255**2 / ((9 + 16) / 2)))
    assert score.after == pytest.approx(10 * math.log10(255**2 / ((0 + 1) / 2)))


def test_only_some_frames_are_compared_so_that_it_costs_little() -> None:
    drawn = []

    def truth(index: int) -> Image:
        drawn.append(index)
        return black(index)

    tap = ScoreTap("demo", truth, ManualClock(), every=10)
    tap.runner.run_once(0)
    for index in range(25):
        offered(tap, index, shift=0)
    assert drawn == [0, 10, 20]


def test_there_is_no_score_before_the_first_frame() -> None:
    assert ScoreTap("demo", black, ManualClock()).score is None


def test_a_perfect_frame_scores_infinitely() -> None:
    tap = ScoreTap("demo", black, ManualClock(), every=1)
    tap.runner.run_once(0)
    offered(tap, 0, shift=0)
    assert tap.score is not None
    assert tap.score.after == math.inf
