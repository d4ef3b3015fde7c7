"""How things that move through training scenes look."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from drawn_photos import draw_photos
from numpy.typing import NDArray

from streamdesnow.lab.data.photos import Photos
from streamdesnow.lab.scenes.bending import Bending
from streamdesnow.lab.scenes.looks import random_look


def test_things_of_all_kinds_are_dark_or_coloured_or_as_white_as_snow(tmp_path: Path) -> None:
    rng, photos = np.random.default_rng(1), Photos([draw_photos(tmp_path / "photos")])
    darkest, brightest = [], []
    for _ in range(400):
        look, _speed = random_look(photos, None, 40, 1.0, rng)
        sprite, alpha = look.draw(0)
        assert sprite.dtype == np.float32
        shown = sprite[alpha > 0.9]
        if len(shown):
            assert 0 <= shown.min() <= shown.max() <= 255
            darkest.append(np.percentile(shown, 10))
            brightest.append(np.percentile(shown, 90))
    white = float(np.mean(np.array(darkest) > 170))
    assert 0.08 < white < 0.25, "some as white as snow throughout, few enough to be an exception"
    assert np.mean(np.array(brightest) < 100) > 0.1


def test_who_walks_swings_legs_against_each_other_and_keeps_the_head_up() -> None:
    picture = np.zeros((60, 40), np.float32)
    picture[4:14, 16:24] = 1.0  # a head
    for leg in (3, 33):
        picture[40:60, leg : leg + 4] = 1.0
    bending = Bending((60, 40), 0.4, np.random.default_rng(2))
    bent = np.stack([bending.bend(picture, time) for time in range(16)])
    left, right, head = (_middle(part) for part in (bent[:, 50:, :20], bent[:, 50:, 20:], bent[:, :20]))
    assert np.corrcoef(left, right)[0, 1] < -0.5
    assert np.ptp(head) < 0.5 * np.ptp(left)
    assert np.array_equal(bent[3], bending.bend(picture, 3))


def _middle(film: NDArray[np.float32]) -> NDArray[np.float32]:
    """Where what is shown lies, from left to right, at every time."""
    middle: NDArray[np.float32] = (film * np.arange(film.shape[2])).sum((1, 2)) / film.sum((1, 2))
    return middle
