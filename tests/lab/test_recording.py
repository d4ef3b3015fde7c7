"""Clips as people record them: the same scene, with what an encoder leaves."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from streamdesnow.lab.compression import compressed
from streamdesnow.lab.metrics import psnr
from streamdesnow.lab.recording import dithered, motion_jpeg, recorded

_SIDE, _FRAMES = 64, 12


@pytest.fixture
def film() -> NDArray[np.uint8]:
    """A gradient behind a square that moves, and a sensor's noise."""
    rng = np.random.default_rng(3)
    ramp = np.linspace(40, 200, _SIDE, dtype=np.float32)
    scene = np.broadcast_to(ramp[:, None, None], (_FRAMES, _SIDE, _SIDE, 3)).copy()
    for t in range(_FRAMES):
        scene[t, 20:36, 4 + 3 * t : 14 + 3 * t] = (30, 120, 220)
    return np.clip(scene + rng.normal(0, 3, scene.shape), 0, 255).astype(np.uint8)


def test_a_recording_shows_the_same_scene_in_the_same_place(film: NDArray[np.uint8]) -> None:
    changed = set()
    for seed in range(16):
        shown = recorded(film, 25, np.random.default_rng(seed))
        assert shown.shape == film.shape
        assert shown.dtype == np.uint8
        assert psnr(shown, film) > 22
        # Where the square is now, not where it was a frame ago.
        red = shown[-1, 24:32, :, 2].astype(int) - shown[-1, 24:32, :, 0]
        centre = (np.clip(red.mean(0) - 40, 0, None) * np.arange(_SIDE)).sum()
        centre /= np.clip(red.mean(0) - 40, 0, None).sum()
        assert abs(centre - (8.5 + 3 * (_FRAMES - 1))) < 1.5
        changed.add(round(float(psnr(shown, film)), 3))
    assert len(changed) > 8


def test_the_same_seed_is_the_same_recording(film: NDArray[np.uint8]) -> None:
    first, second = (recorded(film, 25, np.random.default_rng(5)) for _ in range(2))
    assert (first == second).all()


def test_noise_of_a_coded_film_stands_still_between_keyframes(film: NDArray[np.uint8]) -> None:
    def flicker(shown: NDArray[np.uint8]) -> float:
        return float(np.abs(np.diff(shown[:, 44:].astype(int), axis=0)).mean())

    often, rarely = (compressed(film, 28, preset="veryfast", keyframes=n) for n in (2, 250))
    assert flicker(rarely) < flicker(film) / 4
    assert flicker(rarely) < flicker(often) / 2


def test_jpegs_of_lower_quality_lose_more(film: NDArray[np.uint8]) -> None:
    assert psnr(motion_jpeg(film, 40), film) < psnr(motion_jpeg(film, 90), film)


@pytest.mark.parametrize("dither", ["bayer:bayer_scale=2", "sierra2_4a"])
def test_a_palette_has_as_many_colours_as_asked(film: NDArray[np.uint8], dither: str) -> None:
    shown = dithered(film, 32, dither)
    assert len(np.unique(shown.reshape(-1, 3), axis=0)) <= 32
    assert psnr(shown, film) > 20
