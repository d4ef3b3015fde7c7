"""How things that move through training scenes look."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from drawn_photos import draw_photos

from streamdesnow.lab.looks import random_look
from streamdesnow.lab.photos import Photos


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
