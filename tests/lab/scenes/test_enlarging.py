"""Scenes of small frames, enlarged as the runtime enlarges them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from clips import write_clip
from drawn_photos import draw_photos

from streamdesnow.lab.scenes.enlarging import enlarged_scene
from streamdesnow.lab.scenes.scene import Scene
from streamdesnow.lab.scenes.supply import SceneSupply
from streamdesnow.restore.supersampling import averaged, enlarged

_SIDE = 64


def test_a_scene_is_enlarged_as_frames_are() -> None:
    rng = np.random.default_rng(0)
    snowy, truth = rng.integers(0, 256, (2, 3, 40, 40, 3), np.uint8)
    moving = rng.random((3, 40, 40)) < 0.2
    scene = enlarged_scene(Scene(snowy, truth, moving))
    assert scene.snowy.shape == scene.truth.shape == (3, 80, 80, 3)
    assert scene.moving.shape == (3, 80, 80)
    assert (scene.moving[:, ::2, 1::2] == moving).all()
    for t in range(3):
        assert (scene.snowy[t] == enlarged(snowy[t])).all()
        assert (averaged(scene.truth[t]) == truth[t]).all()


@pytest.mark.parametrize("source", ["photos", "clips"])
def test_scenes_are_drawn_at_half_of_their_side(tmp_path: Path, source: str) -> None:
    if source == "photos":
        supply = SceneSupply([draw_photos(tmp_path / "photos")], [], 0.0, _SIDE, 6, enlarged=True)
    else:
        clip = write_clip(tmp_path / "clip.mp4", 30, size=(96, 96))
        supply = SceneSupply([], [clip], 1.0, _SIDE, 6, enlarged=True)
    for seed in range(4):
        scene = supply.scene(6, np.random.default_rng(seed))
        assert scene.snowy.shape == scene.truth.shape == (6, _SIDE, _SIDE, 3)
        for film in (scene.snowy, scene.truth):
            assert (film == np.stack([enlarged(averaged(image)) for image in film])).all()
