"""Weather: what a day's snow looks like far away and against the light."""

from __future__ import annotations

import numpy as np
import pytest

from streamdesnow.lab.scoring.snow_statistics import statistics_of
from streamdesnow.snowfall.snow import snow_in
from streamdesnow.snowfall.weather import Weather

_SIDE = 160


@pytest.mark.parametrize("style", ["particles", "texture"])
def test_far_snow_is_the_same_day_in_specks(style: str) -> None:
    near = Weather.of_level("medium")
    dark = np.full((_SIDE, _SIDE, 3), 40, np.uint8)
    for seed in range(4):
        far = near.far(np.random.default_rng(seed), 1 / _SIDE)
        assert (far.wind, far.gust, far.streak, far.bgr) == (near.wind, near.gust, near.streak, near.bgr)
        assert 0.5 < far.size * _SIDE < 2
        films = []
        for weather in (near.with_size(4 / _SIDE), far):
            snow = snow_in(weather, style, _SIDE, _SIDE, seed=seed)
            films.append(statistics_of([snow.next().over(dark) for _ in range(12)]))
        # More of its blobs are smaller than ten pixels.
        assert films[1].blobs[0] > films[0].blobs[0] + 0.2


def test_flakes_against_the_light_darken_a_bright_sky_and_lighten_what_is_dark() -> None:
    day = Weather.of_level("heavy").with_size(6 / _SIDE)
    sky, wall = (np.full((_SIDE, _SIDE, 3), code, np.uint8) for code in (225, 40))
    for seed in range(4):
        weather = day.against_light(np.random.default_rng(seed))
        assert (weather.coverage, weather.size, weather.opacity) == (day.coverage, day.size, day.opacity)
        layer = snow_in(weather, "particles", _SIDE, _SIDE, seed=seed).next()
        assert layer.over(sky).mean() < 224
        assert layer.over(wall).mean() > 41


@pytest.mark.parametrize("style", ["particles", "sprites", "texture"])
def test_calm_snow_sinks_slowly_and_side_by_side(style: str) -> None:
    windy = Weather.of_level("heavy").with_size(5 / _SIDE)
    kept = []
    for seed in range(4):
        calm = windy.calm(np.random.default_rng(seed))
        assert (calm.coverage, calm.size, calm.bgr) == (windy.coverage, windy.size, windy.bgr)
        for weather in (windy, calm):
            snow = snow_in(weather, style, _SIDE, _SIDE, seed=seed)
            before, now = snow.next().alpha, snow.next().alpha
            shifts = [np.roll(before, (dy, dx), (0, 1)) for dy in range(12) for dx in range(-3, 4)]
            kept.append(max(np.corrcoef(shift.ravel(), now.ravel())[0, 1] for shift in shifts))
    # Moved as one, the flakes of the frame before are those of this one.
    assert np.mean(kept[1::2]) > np.mean(kept[::2]) + 0.25
