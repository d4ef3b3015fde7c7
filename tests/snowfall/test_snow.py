"""Drawn snow behaves like snow in front of a fixed camera."""

from __future__ import annotations

import numpy as np
import pytest

from streamdesnow.snowfall.snow import HELD_OUT, LEVELS, STYLES, TRAINED, make_snow, snow_in
from streamdesnow.snowfall.weather import Weather

GREY = np.full((120, 160, 3), 90, np.uint8)


def _alphas(style: str, level: str, frames: int = 4, seed: int = 5) -> np.ndarray:
    snow = make_snow(style, level, 160, 120, seed=seed)
    return np.stack([snow.next().alpha for _ in range(frames)])


@pytest.mark.parametrize("style", STYLES)
def test_the_same_seed_draws_the_same_snow_and_another_seed_does_not(style: str) -> None:
    assert np.array_equal(_alphas(style, "heavy"), _alphas(style, "heavy"))
    assert not np.array_equal(_alphas(style, "heavy"), _alphas(style, "heavy", seed=6))


@pytest.mark.parametrize("style", STYLES)
def test_each_level_covers_more_than_the_one_before(style: str) -> None:
    covered = [float((_alphas(style, level, 12) > 0.1).mean()) for level in LEVELS]
    assert covered[0] == 0.0
    assert covered == sorted(covered)
    assert 0.06 < covered[-1] < 0.3


@pytest.mark.parametrize("style", STYLES)
def test_alpha_stays_within_its_range_and_snow_changes_from_frame_to_frame(style: str) -> None:
    alphas = _alphas(style, "heavy")
    assert alphas.dtype == np.float32
    assert alphas.min() >= 0
    assert alphas.max() <= 1
    assert np.abs(alphas[1] - alphas[0]).mean() > 0.005


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("size", [(16, 16), (33, 77), (640, 360)])
def test_snow_falls_on_frames_of_any_size(style: str, size: tuple[int, int]) -> None:
    layer = make_snow(style, "heavy", *size).next()
    assert layer.alpha.shape == size[::-1]


@pytest.mark.parametrize("style", STYLES)
def test_pixels_without_a_flake_are_left_alone_and_the_input_is_not_written_to(style: str) -> None:
    image = GREY.copy()
    layer = make_snow(style, "medium", 160, 120, seed=3).next()
    snowy = layer.over(image)
    assert np.array_equal(image, GREY)
    bare = layer.alpha <= 1 / 512
    assert bare.any()
    assert np.array_equal(snowy[bare], image[bare])


def test_flakes_by_day_brighten_what_is_dark() -> None:
    snow = make_snow("particles", "heavy", 160, 120)
    layer = snow.next()
    snowy = layer.over(np.full((120, 160, 3), 20, np.uint8))
    assert (snowy >= 20).all()
    assert snowy[layer.alpha > 0.3].min() > 60


def test_flakes_fall_down_the_picture() -> None:
    weather = Weather(coverage=0.03, size=0.03, fall=0.5, wind=0.0, gust=0.0, streak=0.05)
    snow = snow_in(weather, "particles", 160, 120, seed=1)
    before, after = snow.next().alpha, snow.next().alpha
    # The next frame looks more like this one moved down by a few pixels than moved up.
    down = max(float((before[:-s] * after[s:]).sum()) for s in range(1, 8))
    up = max(float((before[s:] * after[:-s]).sum()) for s in range(1, 8))
    assert down > 1.5 * up


def test_a_lamp_lights_flakes_near_it_more_than_those_far_away() -> None:
    weather = Weather(lamp=1.0)
    colour = snow_in(weather, "particles", 160, 120).next().colour
    assert colour.shape == (120, 160, 3)
    assert colour[:30].mean() > 1.5 * colour[-30:].mean()


def test_one_style_is_never_trained_on() -> None:
    assert HELD_OUT
    assert not set(HELD_OUT) & set(TRAINED)


def test_an_unknown_style_or_level_is_named_together_with_those_there_are() -> None:
    with pytest.raises(ValueError, match="particles"):
        make_snow("glitter", "heavy", 64, 64)
    with pytest.raises(ValueError, match="medium"):
        make_snow("particles", "arctic", 64, 64)
