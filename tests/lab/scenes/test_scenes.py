"""Training scenes: snowy film, truth, and where things move."""

from __future__ import annotations

from itertools import chain, islice, pairwise, repeat
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from drawn_photos import draw_photos

from streamdesnow.errors import ConfigError
from streamdesnow.lab.data.photos import Photos, photographs
from streamdesnow.lab.scenes.compression import compressed
from streamdesnow.lab.scenes.cutouts import Cutouts
from streamdesnow.lab.scenes.hard_negatives import LensDrops, Rain, lay_snow
from streamdesnow.lab.scenes.looks import _Walker
from streamdesnow.lab.scenes.movers import random_mover
from streamdesnow.lab.scenes.scene import _just_moved, draw_scene
from streamdesnow.lab.scenes.sky import brighten_sky
from streamdesnow.lab.training.streams import replayed
from streamdesnow.snowfall.snow import Snow, snow_in
from streamdesnow.snowfall.weather import Weather


@pytest.fixture(scope="module")
def photos(tmp_path_factory: pytest.TempPathFactory) -> Photos:
    return Photos([draw_photos(tmp_path_factory.mktemp("photos"))])


def test_a_scene_is_decided_by_its_seed(photos: Photos) -> None:
    one, two = (draw_scene(photos, 64, 8, np.random.default_rng(4)) for _ in range(2))
    assert np.array_equal(one.snowy, two.snowy)
    assert np.array_equal(one.truth, two.truth)


def test_scenes_hold_snow_motion_and_sometimes_neither(photos: Photos) -> None:
    scenes = [draw_scene(photos, 64, 12, np.random.default_rng(n)) for n in range(40)]
    assert all(s.snowy.shape == s.truth.shape == (12, 64, 64, 3) for s in scenes)
    errors = [float(np.mean((s.snowy.astype(float) - s.truth) ** 2)) for s in scenes]
    assert max(errors) > 100
    assert any(s.moving.any() for s in scenes)
    assert any(not mask.any() for s in scenes for mask in s.moving)
    assert any(np.array_equal(s.snowy, s.truth) for s in scenes)


def test_scenes_draw_snow_in_the_styles_asked_for_and_far_clouds_among_them(
    photos: Photos, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn: list[str] = []

    def spy(weather: Weather, style: str, *others: Any) -> Snow:
        drawn.append(style)
        return snow_in(weather, style, *others)

    monkeypatch.setattr("streamdesnow.lab.scenes.snowed.snow_in", spy)
    clouds = []
    for styles in (("sprites",), ("texture",)):
        drawn.clear()
        for seed in range(20):
            draw_scene(photos, 32, 2, np.random.default_rng(seed), styles)
        assert set(drawn) == set(styles)
        clouds.append(len(drawn))
    # Twenty scenes at most have one cloud each; the far ones come on top, where a style can draw them.
    assert clouds[0] <= 20 < clouds[1]


def test_some_scenes_have_flakes_darker_than_a_bright_sky(
    photos: Photos, monkeypatch: pytest.MonkeyPatch
) -> None:
    def mostly_darker(share: float) -> float:
        monkeypatch.setattr("streamdesnow.lab.scenes.scene._AGAINST_LIGHT", share)
        scenes = (draw_scene(photos, 64, 4, np.random.default_rng(seed)) for seed in range(60))
        differences = (s.snowy.astype(int) - s.truth for s in scenes)
        return float(np.mean([(d < -12).sum() > (d > 12).sum() for d in differences]))

    assert mostly_darker(0.0) < 0.15
    assert mostly_darker(1.0) > 0.4


def test_compression_changes_little_at_a_low_rate_factor_and_more_at_a_high_one(photos: Photos) -> None:
    film = draw_scene(photos, 64, 6, np.random.default_rng(1)).truth
    errors = [float(np.mean((compressed(film, crf).astype(float) - film) ** 2)) for crf in (4, 40)]
    assert compressed(film, 23).shape == film.shape
    assert errors[0] < errors[1]


def test_a_folder_without_photographs_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="no photographs"):
        Photos([tmp_path])


@pytest.mark.parametrize("ending", [".jpe", ".PPM", ".webp"])
def test_photographs_may_have_any_ending_that_pictures_may_have_as_sources(
    tmp_path: Path, ending: str
) -> None:
    picture = tmp_path / f"ground{ending}"
    cv2.imwrite(str(picture), np.full((8, 8, 3), 90, np.uint8))
    assert photographs(tmp_path) == [picture]


def test_a_replayed_scene_is_the_same_mirrored_or_recoloured(photos: Photos) -> None:
    drawn = draw_scene(photos, 64, 6, np.random.default_rng(2))
    shown = list(islice(replayed(repeat(drawn), 3, np.random.default_rng(0)), 6))
    assert shown[0] is drawn
    assert shown[3] is drawn
    for again in shown[1:3]:
        assert sorted(again.truth.ravel()) == sorted(drawn.truth.ravel())
        assert again.moving.sum() == drawn.moving.sum()


def test_some_cameras_send_a_frame_twice_snow_and_all(
    photos: Photos, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("streamdesnow.lab.scenes.snowed._COMPRESSED", 0.0)

    def repeated(share: float, regular: float) -> list[list[bool]]:
        monkeypatch.setattr("streamdesnow.lab.scenes.scene._UNEVEN", share)
        monkeypatch.setattr("streamdesnow.lab.scenes.scene._REGULAR", regular)
        scenes = [draw_scene(photos, 48, 20, np.random.default_rng(seed)) for seed in range(8)]
        scenes = [scene for scene in scenes if scene.snowy is not scene.truth]
        assert len(scenes) > 4
        assert all(len(scene.snowy) == len(scene.truth) == len(scene.moving) == 20 for scene in scenes)
        return [
            [
                bool(np.array_equal(then, now))
                for then, now in pairwise(np.stack([scene.snowy, scene.truth], 1))
            ]
            for scene in scenes
        ]

    assert not any(chain.from_iterable(repeated(0.0, 0.0)))
    assert 0.05 < np.mean(repeated(1.0, 0.0)) < 0.3
    assert all(pattern == [True, False] * 9 + [True] for pattern in repeated(1.0, 1.0))


def test_things_go_any_way(photos: Photos) -> None:
    ways = []
    for seed in range(200):
        path = random_mover(photos, None, 64, 12, 1.0, 40.0, np.random.default_rng(seed))._path
        ways.append((path.vx, path.vy))
    across, down = np.abs(ways).T
    assert 0.1 < np.mean(down > across) < 0.4


def test_what_something_has_just_left_counts_as_moving() -> None:
    film = np.full((9, 8, 24, 3), 100, np.uint8)
    touched = np.zeros((9, 8, 24), np.bool_)
    for t in range(9):
        film[t, 2:6, 2 * t : 2 * t + 4] = 200
        touched[t, 2:6, 2 * t : 2 * t + 4] = True
    moving = _just_moved(film, touched, 0.0)
    assert moving[5, 3, 8:14].all()
    assert not moving[5, :, :6].any()


def test_what_is_as_pale_as_the_ground_has_no_dark_rim(photos: Photos) -> None:
    """Colours are mixed with what lies behind, not with the black around them."""
    for look in (_Walker(48, 1.0, np.random.default_rng(3)), _Walker(96, 1.0, np.random.default_rng(4))):
        look._coat = look._legs = look._skin = np.full(3, 200, np.float32)
        look._details, look._grain = [], np.zeros_like(look._grain)
        mover = random_mover(photos, None, 128, 12, 1.0, 60.0, np.random.default_rng(0))
        mover._look, mover._shadow, mover._exposure = look, 0.0, 0.0
        mover._path.x, mover._path.y, mover._path.scale = 64.3, 64.6, 1.0
        canvas = np.full((128, 128, 3), 200, np.float32)
        mover.paint(canvas, np.zeros((128, 128), np.bool_))
        assert canvas.min() > 175


def test_things_stay_where_they_stand_when_the_camera_turns(photos: Photos) -> None:
    mover = random_mover(photos, None, 64, 12, 1.0, 30.0, np.random.default_rng(5))
    mover._path.x, mover._path.y = 32.0, 32.0
    places = []
    for offset in ((0.0, 0.0), (6.0, -4.0)):
        touched = np.zeros((64, 64), np.bool_)
        mover.paint(np.full((64, 64, 3), 90, np.float32), touched, offset)
        rows, columns = np.nonzero(touched)
        places.append((columns.mean(), rows.mean()))
    assert np.subtract(places[1], places[0]) == pytest.approx((6.0, -4.0), abs=0.6)


@pytest.mark.parametrize("tallest", [20.0, 60.0])
def test_what_moves_far_away_is_small_and_slow(photos: Photos, tallest: float) -> None:
    heights, leaps = [], []
    for seed in range(60):
        rng = np.random.default_rng(seed)
        mover = random_mover(photos, None, 128, 12, 1.0, tallest, rng)
        places = []
        for _ in range(12):
            touched = np.zeros((128, 128), np.bool_)
            mover.paint(np.full((128, 128, 3), 128, np.float32), touched)
            mover.go()
            cut = touched[[0, -1]].any() or touched[:, [0, -1]].any()
            if touched.any() and not cut:
                rows, columns = np.nonzero(touched)
                heights.append(np.ptp(rows))
                places.append((rows.mean(), columns.mean()))
        leaps.extend(np.hypot(*np.diff(places, axis=0).T) if len(places) > 1 else [])
    assert 0.5 * tallest < max(heights) < 2 * tallest
    assert 0 < np.median(leaps) < 0.1 * tallest


def test_things_are_cut_out_of_photographs_that_come_with_boxes(tmp_path: Path) -> None:
    photo = np.full((200, 300, 3), (90, 140, 60), np.uint8)
    cv2.ellipse(photo, (150, 100), (30, 60), 0, 0, 360, (20, 20, 160), -1)
    cv2.imwrite(str(tmp_path / "street.jpg"), photo)
    (tmp_path / "labels").mkdir()
    (tmp_path / "labels/street.txt").write_text("0 0.5 0.5 0.2 0.6\n56 0.1 0.1 0.1 0.1\n")
    cutouts = Cutouts([tmp_path])
    assert len(cutouts) == 1
    found = cutouts.choose(np.random.default_rng(0))
    assert found is not None
    assert found.legged
    inside = found.sprite[found.alpha > 0.9]
    assert np.abs(inside.mean(0) - (20, 20, 160)).max() < 15
    assert 0.5 < found.alpha.sum() / (np.pi * 30 * 60) < 1.5


def test_photographs_without_boxes_give_no_cutouts(tmp_path: Path) -> None:
    cutouts = Cutouts([draw_photos(tmp_path)])
    assert len(cutouts) == 0
    assert cutouts.choose(np.random.default_rng(0)) is None


def test_drops_on_the_lens_stay_and_rain_does_not() -> None:
    rng = np.random.default_rng(3)
    for extra, stays in ((LensDrops(64, rng), True), (Rain(64, rng), False)):
        frames = [np.zeros((64, 64, 3), np.float32) for _ in range(2)]
        for frame in frames:
            extra.paint(frame)
        assert frames[0].max() > 5
        assert np.array_equal(*frames) == stays


def test_snow_that_lies_whitens_part_of_the_picture() -> None:
    ground = np.full((96, 96, 3), 60, np.uint8)
    lay_snow(ground, np.random.default_rng(1))
    white = float((ground[..., 0] > 120).mean())
    assert 0.05 < white < 0.95


def test_a_bright_sky_is_above_a_line_and_keeps_a_little_contrast() -> None:
    levels = []
    for seed in range(20):
        photo = np.full((96, 96, 3), 60, np.uint8)
        photo[:, ::2] = 90
        brighten_sky(photo, np.random.default_rng(seed))
        assert photo[0].min() > 105
        assert 0 < int(photo[0, 0, 0]) - int(photo[0, 1, 0]) < 30
        levels.append(photo[-1].mean())
    assert min(levels) < 80
    assert max(levels) > 105
