from __future__ import annotations

import numpy as np
import pytest

from streamdesnow.frame import Image
from streamdesnow.lab.data.motion import StillScene


def passing_car(frames: int = 40) -> list[Image]:
    """A dark box that crosses a noisy grey scene, and a bright one that stands there all the time."""
    rng = np.random.default_rng(1)
    film = []
    for index in range(frames):
        image = np.clip(rng.normal(120, 3, (60, 120, 3)), 0, 255).astype(np.uint8)
        image[5:15, 5:25] = 220
        image[30:42, 3 * index : 3 * index + 20] = 40
        film.append(image)
    return film


def test_the_still_scene_is_what_was_there_most_of_the_time() -> None:
    scene = StillScene(passing_car())
    assert np.abs(scene.image[30:42].astype(int) - 120).mean() < 4
    assert np.all(scene.image[5:15, 5:25] == 220)


def test_what_passes_moves_and_what_stands_does_not() -> None:
    film = passing_car()
    moving = StillScene(film).moving(film[12])
    assert moving[30:42, 36:56].all()
    assert not moving[:25].any()
    assert moving.sum() < 2.2 * 12 * 20, "the mask reaches a little beyond the box and no further"


def test_a_window_the_colour_of_the_road_is_part_of_the_car() -> None:
    film = passing_car()
    film[12][34:37, 44:47] = 120
    assert StillScene(film).moving(film[12])[30:42, 36:56].all()


def test_long_clips_are_thinned_out_evenly() -> None:
    frames = (np.full((4, 4, 3), 200 if index < 300 else 20, np.uint8) for index in range(1000))
    assert np.all(StillScene(frames).image == 20)


def test_a_clip_without_frames_is_refused() -> None:
    with pytest.raises(ValueError, match="without frames"):
        StillScene([])
