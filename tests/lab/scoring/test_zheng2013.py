"""The multi-guided filter: takes small bright spots away, keeps edges, brightens nothing much."""

from __future__ import annotations

import cv2
import numpy as np

from streamdesnow.frame import Image
from streamdesnow.lab.metrics import psnr
from streamdesnow.lab.scoring.zheng2013 import Zheng2013


def half_and_half() -> Image:
    image = np.full((240, 320, 3), 40, np.uint8)
    image[:, 160:] = (90, 110, 130)
    return image


def test_flakes_fade() -> None:
    truth = half_and_half()
    snowy = truth.copy()
    for x, y in np.random.default_rng(1).integers(4, 236, (120, 2)):
        cv2.circle(snowy, (int(x), int(y)), 1, (150, 150, 150), -1)
    restored = Zheng2013()(snowy)
    assert psnr(restored, truth) > psnr(snowy, truth)
    flakes = (snowy != truth).any(axis=2)
    before, after = (float((image[flakes].astype(int) - truth[flakes]).mean()) for image in (snowy, restored))
    assert after < 0.75 * before


def test_a_strong_edge_stays() -> None:
    truth = half_and_half()
    restored = Zheng2013()(truth).astype(int)
    assert restored[120, 240].mean() - restored[120, 60].mean() > 60
    assert abs(restored[120, 164].mean() - restored[120, 155].mean()) > 50


def test_a_flat_picture_is_left_alone() -> None:
    flat = np.full((40, 60, 3), (30, 90, 200), np.uint8)
    assert np.abs(Zheng2013()(flat).astype(int) - flat).max() <= 1
