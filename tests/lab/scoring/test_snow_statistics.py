"""Figures of snow in a clip, and the share of it that comes clean, on clips whose snow is known."""

from __future__ import annotations

import numpy as np
import pytest

from streamdesnow.frame import Image
from streamdesnow.lab.scoring.snow_statistics import cleaned_share, statistics_of


def clip(frames: int = 40, hold: int = 1) -> list[Image]:
    """A dark picture; a white square of 3x3 at every other place of a coarse grid, new each `hold` frames."""
    empty = np.full((60, 80, 3), 40, np.uint8)
    empty[:, 60:] = 200
    made = []
    for index in range(frames):
        frame = empty.copy()
        offset = 10 * (index // hold % 5)
        frame[5:55:10, 5 + offset : 8 + offset] = 160
        frame[6:56:10, 5 + offset : 8 + offset] = 160
        frame[7:57:10, 5 + offset : 8 + offset] = 160
        made.append(frame)
    return made


def test_coverage_blobs_and_brightness_are_those_that_were_drawn() -> None:
    found = statistics_of(clip())
    assert found.coverage == pytest.approx(5 * 9 / (60 * 60))
    assert found.blobs == (1, 0, 0, 0)
    # 120 codes are 103 of the 219 levels of Y.
    assert found.brightness == pytest.approx(103, abs=1)


@pytest.mark.parametrize("hold", [1, 2, 4])
def test_lifetime_counts_the_frames_that_snow_stays(hold: int) -> None:
    found = statistics_of(clip(hold=hold))
    assert found.lifetime == hold
    assert found.brief == (1 if hold == 1 else 0)


def test_distance_is_that_from_the_median_over_time() -> None:
    error = 5 * 9 / (60 * 80) * 120**2
    assert statistics_of(clip()).distance == pytest.approx(10 * np.log10(255**2 / error), abs=0.01)


def test_a_perfect_model_cleans_everything_and_an_idle_one_nothing() -> None:
    frames = clip()
    empty = [np.minimum.reduce(frames)] * len(frames)
    assert cleaned_share(frames, empty) == (1, 1)
    assert cleaned_share(frames, frames) == (0, 0)


def test_half_cleaned_is_half() -> None:
    frames = clip()
    halves = [frame.copy() for frame in frames]
    for frame in halves:
        frame[:28, :60] = 40
    whole, dark = cleaned_share(frames, halves)
    # Three of five rows of squares end above line 28.
    assert whole == dark == pytest.approx(0.6)


def test_too_short_or_too_bright_clips_are_refused() -> None:
    with pytest.raises(ValueError, match="10 frames"):
        statistics_of(clip(4))
    with pytest.raises(ValueError, match="dark pixels"):
        statistics_of([np.full((8, 8, 3), 220, np.uint8)] * 12)
