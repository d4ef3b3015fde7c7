"""Perceptual distance: zero for the same, more for what looks worse, a small shift is forgiven."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
import torch

from streamdesnow.errors import ConfigError
from streamdesnow.lab.scoring.lpips import Lpips

PICTURE = cv2.resize(np.random.default_rng(0).integers(0, 256, (9, 12, 3), dtype=np.uint8), (96, 72))


@pytest.fixture(scope="module")
def weights(shared_data: Path) -> Path:
    return shared_data / "weights/alex_shift_tolerant.pth"


def test_the_published_weights_give_the_published_distance(weights: Path) -> None:
    rng = np.random.default_rng(0)
    first = rng.integers(0, 256, (64, 96, 3), dtype=np.uint8)
    second = np.clip(first.astype(int) + rng.integers(-60, 60, first.shape), 0, 255).astype(np.uint8)
    # What package stlpips-pytorch 0.0.2 gives for these two pictures.
    assert Lpips(weights)(first, second) == pytest.approx(0.0048947, rel=1e-3)


def test_more_specks_are_further_and_a_shift_is_near(weights: Path) -> None:
    lpips = Lpips(weights)
    few, many = PICTURE.copy(), PICTURE.copy()
    spots = np.random.default_rng(2).integers(0, 70, (80, 2))
    for number, (x, y) in enumerate(spots):
        cv2.circle(many, (int(x), int(y)), 2, (255, 255, 255), -1)
        if number < 10:
            cv2.circle(few, (int(x), int(y)), 2, (255, 255, 255), -1)
    assert lpips(PICTURE, PICTURE) == 0
    assert 0 < lpips(few, PICTURE) < lpips(many, PICTURE)
    assert lpips(np.roll(PICTURE, 1, axis=1)[:, 8:], PICTURE[:, 8:]) < lpips(few, PICTURE)


def test_foreign_or_missing_weights_are_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"none\.pth is not there"):
        Lpips(tmp_path / "none.pth")
    torch.save({"conv": torch.zeros(1)}, tmp_path / "other.pth")
    with pytest.raises(ConfigError, match="shift-tolerant"):
        Lpips(tmp_path / "other.pth")


def test_pictures_too_small_are_refused(weights: Path) -> None:
    with pytest.raises(ValueError, match="64 pixels"):
        Lpips(weights)(PICTURE[:40], PICTURE[:40])
