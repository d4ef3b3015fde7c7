"""Training scenes: snowy film, truth, and where things move."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from drawn_photos import draw_photos

from streamdesnow.errors import ConfigError
from streamdesnow.lab.compression import compressed
from streamdesnow.lab.photos import Photos
from streamdesnow.lab.scenes import draw_scene


@pytest.fixture(scope="module")
def photos(tmp_path_factory: pytest.TempPathFactory) -> Photos:
    return Photos([draw_photos(tmp_path_factory.mktemp("photos"))])


def test_a_scene_is_decided_by_its_seed(photos: Photos) -> None:
    one, two = (draw_scene(photos, 64, 8, np.random.default_rng(4)) for _ in range(2))
    assert np.array_equal(one.snowy, two.snowy)
    assert np.array_equal(one.truth, two.truth)


def test_scenes_hold_snow_motion_and_sometimes_neither(photos: Photos) -> None:
    scenes = [draw_scene(photos, 64, 12, np.random.default_rng(n)) for n in range(24)]
    assert all(s.snowy.shape == s.truth.shape == (12, 64, 64, 3) for s in scenes)
    errors = [float(np.mean((s.snowy.astype(float) - s.truth) ** 2)) for s in scenes]
    assert max(errors) > 100
    assert any(s.moving.any() for s in scenes)
    assert any(not s.moving.any() for s in scenes)


def test_compression_changes_little_at_a_low_rate_factor_and_more_at_a_high_one(photos: Photos) -> None:
    film = draw_scene(photos, 64, 6, np.random.default_rng(1)).truth
    errors = [float(np.mean((compressed(film, crf).astype(float) - film) ** 2)) for crf in (4, 40)]
    assert compressed(film, 23).shape == film.shape
    assert errors[0] < errors[1]


def test_a_folder_without_photographs_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="no photographs"):
        Photos([tmp_path])
