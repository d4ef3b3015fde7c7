"""Small frames, cleaned larger than they are."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import tiny_models

from streamdesnow.config.engine import EngineConfig
from streamdesnow.frame import Image
from streamdesnow.models.folder import ModelFolder
from streamdesnow.restore import Desnower
from streamdesnow.restore.supersampling import change_averaged, enlarged, enlarged_size, sizes_at_network

_CPU = EngineConfig(require="cpu", precision="fp32")


def _noise(width: int, height: int, seed: int = 0) -> Image:
    return np.random.default_rng(seed).integers(0, 256, (height, width, 3), np.uint8)


@pytest.mark.parametrize(
    ("size", "at"),
    [
        ((480, 270), (960, 540)),
        ((640, 360), (1280, 720)),
        ((1, 1), (2, 2)),
        ((704, 576), (1061, 868)),
        ((1280, 720), (1280, 720)),
        ((1200, 700), (1200, 700)),
        ((3840, 2160), (3840, 2160)),
    ],
)
def test_no_frame_grows_beyond_twice_its_size_or_the_work_of_a_frame_of_1280x720(
    size: tuple[int, int], at: tuple[int, int]
) -> None:
    assert enlarged_size(*size) == at
    assert at == size or at[0] * at[1] <= 1280 * 720


@pytest.mark.parametrize("size", [(106, 86), (64, 50), (97, 61)])
def test_what_nothing_was_changed_in_comes_back_bit_for_bit(size: tuple[int, int]) -> None:
    image = _noise(61, 43)
    shown = enlarged(image, size)
    assert shown.shape == (size[1], size[0], 3)
    assert (change_averaged(image, shown, shown) == image).all()


def test_changes_are_averaged_and_end_at_black_and_white() -> None:
    image = np.full((4, 4, 3), 250, np.uint8)
    shown = enlarged(image, (8, 8))
    clean = shown.copy()
    clean[::2, ::2] = 210  # one pixel in four, 40 darker
    assert (change_averaged(image, shown, clean) == 240).all()
    assert (change_averaged(image, np.zeros_like(shown), np.full_like(shown, 200)) == 255).all()
    assert (change_averaged(image, np.full_like(shown, 255), np.zeros_like(shown)) == 0).all()


def _inverting(folder: Path, *, enlarge: bool) -> Path:
    return tiny_models.inverting(folder, side_multiple=8, enlarge=enlarge)


def test_only_models_made_for_it_see_larger_frames(tmp_path: Path) -> None:
    made, other = _inverting(tmp_path / "a", enlarge=True), _inverting(tmp_path / "b", enlarge=False)
    image = np.tile(np.array([0, 0, 255, 255], np.uint8)[None, :, None], (8, 6, 3))
    with Desnower(made, _CPU) as enlarging, Desnower(other, _CPU) as plain:
        # Inverted larger, edges overshoot and are cut off at black and white: a trace of which size was seen.
        assert np.abs(plain(image).astype(int) - (255 - image.astype(int))).max() == 0
        assert np.abs(enlarging(image).astype(int) - (255 - image.astype(int))).max() > 0
        assert not plain.stream().can_enlarge
        assert enlarging.stream().enlarge
    with Desnower(made, _CPU, enlarge=False) as told:
        assert (told(image) == 255 - image).all()


def test_a_causal_model_goes_on_in_one_size_and_begins_anew_in_the_other(tmp_path: Path) -> None:
    folder = tiny_models.averaging(tmp_path / "avg", enlarge=True)
    with Desnower(folder, _CPU, cut=False) as desnower:
        gate = desnower.stream("gate")
        means = []
        for value in (100, 50, 60):
            means.append(int(gate(np.full((10, 20, 3), value, np.uint8))[5, 5, 0]))
        assert means == [100, 75, 70]
        gate.enlarge = False
        assert gate.resets == 1
        assert gate(np.full((10, 20, 3), 30, np.uint8))[5, 5, 0] == 30
        gate.enlarge = False
        assert gate(np.full((10, 20, 3), 50, np.uint8))[5, 5, 0] == 40
        assert gate.resets == 1


def test_cameras_of_one_size_may_differ_in_it(tmp_path: Path) -> None:
    folder = tiny_models.averaging(tmp_path / "avg", enlarge=True)
    with Desnower(folder, _CPU) as desnower:
        large, small = desnower.stream("large"), desnower.stream("small")
        small.enlarge = False
        first, second = _noise(24, 16, 1), _noise(24, 16, 2)
        one, other = desnower.batch([(large, first), (small, second)])
        assert np.abs(one.astype(int) - first).max() <= 1
        assert (other == second).all()
        assert desnower.seconds_a_pixel is None
        for _ in range(2):
            desnower.batch([(large, first), (small, second)])
        assert desnower.seconds_a_pixel is not None
        assert desnower.seconds_a_pixel > 0


def test_engines_are_built_for_both_sizes(tmp_path: Path) -> None:
    card = ModelFolder(_inverting(tmp_path / "a", enlarge=True)).card
    assert sizes_at_network(card, 636, 360) == [(640, 360), (1272, 720)]
    assert sizes_at_network(card, 1280, 720) == [(1280, 720)]
    assert sizes_at_network(card.model_copy(update={"enlarge": False}), 636, 360) == [(640, 360)]
