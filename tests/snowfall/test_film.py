from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from pydantic import ValidationError

from streamdesnow.config.camera import SimulatedConfig
from streamdesnow.snowfall.film import SimulatedFilm


def film(**settings: object) -> SimulatedFilm:
    return SimulatedFilm(SimulatedConfig.model_validate({"size": (128, 72), "duration": 2, **settings}))


def test_snow_lies_over_the_truth() -> None:
    camera = film()
    frame, truth = camera.snowy(10).astype(int), camera.truth(10).astype(int)
    changed = np.abs(frame - truth).max(axis=2) > 0
    assert 0.05 < changed.mean() < 0.95
    assert (frame - truth)[changed].mean() > 2, "flakes brighten an afternoon street"


def test_without_snow_a_frame_is_its_truth() -> None:
    clear = film(snow="none")
    assert np.array_equal(clear.snowy(7), clear.truth(7))


def test_frames_are_the_same_in_any_order() -> None:
    forward = film()
    frames = [forward.snowy(index) for index in range(6)]
    for index in (4, 1, 5, 0):
        assert np.array_equal(forward.snowy(index), frames[index])
    assert np.array_equal(film().snowy(5), frames[5])


def test_the_length_follows_from_duration_and_rate() -> None:
    assert film(duration="2s", fps=12.5).frames == 25
    assert film(duration=0).frames is None


def test_time_stamps_are_exact_for_broadcast_rates() -> None:
    assert film(fps=25).time_base == Fraction(1, 25)
    assert film(fps=30000 / 1001).time_base == Fraction(1001, 30000)


@pytest.mark.parametrize("index", [-1, 50])
def test_there_is_nothing_before_the_start_or_after_the_end(index: int) -> None:
    with pytest.raises(IndexError, match=f"not {index}"):
        film().snowy(index)


def test_an_endless_film_goes_on() -> None:
    assert film(duration=0).truth(1_000_000).shape == (72, 128, 3)


def test_an_unknown_style_is_named_with_those_there_are() -> None:
    with pytest.raises(ValidationError, match=r"particles.*streaks"):
        film(style="confetti")


def test_the_truth_cannot_be_painted_over() -> None:
    with pytest.raises(ValueError, match="read-only"):
        film().truth(0)[:] = 0
