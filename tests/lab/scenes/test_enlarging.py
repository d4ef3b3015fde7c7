"""Scenes of small frames, enlarged as the runtime enlarges them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from clips import write_clip
from drawn_photos import draw_photos

from streamdesnow.lab.scenes.enlarging import before_enlarging, enlarged_scene
from streamdesnow.lab.scenes.scene import Scene
from streamdesnow.lab.scenes.supply import SceneSupply
from streamdesnow.restore.supersampling import change_averaged, enlarged

_SIDE = 64


def test_most_are_half_as_large_and_none_is_smaller() -> None:
    sides = [before_enlarging(_SIDE, np.random.default_rng(seed)) for seed in range(200)]
    assert min(sides) == _SIDE // 2
    assert max(sides) <= _SIDE / 1.25 + 1
    assert 0.5 < np.mean([side == _SIDE // 2 for side in sides]) < 0.75
    assert not any(side % 2 for side in sides)


def test_a_scene_is_enlarged_as_frames_are() -> None:
    rng = np.random.default_rng(0)
    snowy, truth = rng.integers(0, 256, (2, 3, 40, 40, 3), np.uint8)
    moving = rng.random((3, 40, 40)) < 0.2
    scene = enlarged_scene(Scene(snowy, truth, moving), _SIDE)
    assert scene.snowy.shape == scene.truth.shape == (3, _SIDE, _SIDE, 3)
    assert scene.moving.shape == (3, _SIDE, _SIDE)
    assert abs(scene.moving.mean() - moving.mean()) < 0.03
    for t in range(3):
        assert (scene.snowy[t] == enlarged(snowy[t], (_SIDE, _SIDE))).all()
        # Who comes near the enlarged truth comes near the truth.
        near = change_averaged(snowy[t], scene.snowy[t], scene.truth[t])
        assert np.abs(near.astype(int) - truth[t]).mean() < np.abs(snowy[t].astype(int) - truth[t]).mean() / 2


@pytest.mark.parametrize("share", [0.0, 0.5, 1.0])
def test_the_recipe_says_how_many_scenes_are_enlarged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, share: float
) -> None:
    asked: list[int] = []
    monkeypatch.setattr(
        "streamdesnow.lab.scenes.supply.enlarged_scene",
        lambda scene, side: asked.append(scene.snowy.shape[1]) or scene,
    )
    photos = [draw_photos(tmp_path / "photos")]
    supply = SceneSupply(photos, [], 0.0, _SIDE, 4, enlarged=share)
    rng = np.random.default_rng(1)
    for _ in range(20):
        supply.scene(4, rng)
    assert all(side < _SIDE for side in asked)
    assert len(asked) == 20 * share or (share == 0.5 and 4 < len(asked) < 16)


def test_recordings_are_cut_out_smaller_and_enlarged(tmp_path: Path) -> None:
    clip = write_clip(tmp_path / "clip.mp4", 30, size=(96, 96))
    supply = SceneSupply([], [clip], 1.0, _SIDE, 6, enlarged=1.0)
    scene = supply.scene(6, np.random.default_rng(0))
    assert scene.snowy.shape == scene.truth.shape == (6, _SIDE, _SIDE, 3)
