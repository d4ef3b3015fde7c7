from __future__ import annotations

import math

import numpy as np
import pytest

from streamdesnow.frame import Image
from streamdesnow.lab.metrics import luma, psnr, psnr_of, ssim


def grey(value: int, height: int = 32, width: int = 40) -> Image:
    return np.full((height, width, 3), value, np.uint8)


def textured(seed: int) -> Image:
    return np.random.default_rng(seed).integers(0, 256, (24, 27, 3)).astype(np.uint8)


@pytest.mark.parametrize("step", [1, 5, 255])
def test_psnr_of_a_constant_error(step: int) -> None:
    assert psnr(grey(step), grey(0)) == pytest.approx(20 * math.log10(255 / step))


def test_psnr_averages_the_error_over_colours() -> None:
    blue = grey(100)
    blue[..., 0] = 130
    assert psnr(blue, grey(100)) == pytest.approx(psnr_of(30**2 / 3))


def test_differences_do_not_wrap_around() -> None:
    assert psnr(grey(0), grey(255)) == pytest.approx(0.0)


def test_equal_pictures_have_no_error() -> None:
    assert psnr(textured(1), textured(1)) == math.inf
    assert ssim(textured(1), textured(1)) == pytest.approx(1.0)


def test_psnr_of_a_region_leaves_out_the_rest() -> None:
    output, where = grey(50), np.zeros((32, 40), np.bool_)
    output[:4] = 60
    output[20:] = 255
    where[:8] = True
    assert psnr(output, grey(50), where) == pytest.approx(psnr_of(10**2 / 2))
    assert math.isnan(psnr(output, grey(50), np.zeros((32, 40), np.bool_)))


@pytest.mark.parametrize(
    ("bgr", "expected"),
    [
        ((0, 0, 0), 16.0),
        ((255, 255, 255), 235.0),
        ((255, 0, 0), 40.966),
        ((0, 255, 0), 144.553),
        ((0, 0, 255), 81.481),
    ],
)
def test_luma_is_bt601_with_studio_swing(bgr: tuple[int, int, int], expected: float) -> None:
    assert luma(np.full((2, 2, 3), bgr, np.uint8)) == pytest.approx(np.full((2, 2), expected))


def test_ssim_of_two_flat_pictures_is_its_luminance_term() -> None:
    a, b = 16 + 219 * 100 / 255, 16 + 219 * 140 / 255
    c1 = (0.01 * 255) ** 2
    assert ssim(grey(100), grey(140)) == pytest.approx((2 * a * b + c1) / (a * a + b * b + c1))


def test_ssim_equals_its_definition_window_by_window() -> None:
    output, truth = textured(2), (textured(2) * 0.5 + textured(3) * 0.5).astype(np.uint8)
    offsets = np.arange(-5, 6)
    weights = np.exp(-(offsets[:, None] ** 2 + offsets[None] ** 2) / (2 * 1.5**2))
    weights /= weights.sum()
    x, y = luma(output), luma(truth)
    c1, c2 = (0.01 * 255) ** 2, (0.03 * 255) ** 2
    values = []
    for row in range(x.shape[0] - 10):
        for column in range(x.shape[1] - 10):
            a, b = x[row : row + 11, column : column + 11], y[row : row + 11, column : column + 11]
            mean_a, mean_b = (weights * a).sum(), (weights * b).sum()
            var_a, var_b = (weights * (a - mean_a) ** 2).sum(), (weights * (b - mean_b) ** 2).sum()
            covariance = (weights * (a - mean_a) * (b - mean_b)).sum()
            values.append(
                (2 * mean_a * mean_b + c1)
                * (2 * covariance + c2)
                / ((mean_a**2 + mean_b**2 + c1) * (var_a + var_b + c2))
            )
    assert ssim(output, truth) == pytest.approx(np.mean(values), abs=1e-9)


def test_pictures_of_different_size_are_not_compared() -> None:
    with pytest.raises(ValueError, match="40x32 with one of 40x31"):
        psnr(grey(0), grey(0, height=31))


def test_ssim_needs_room_for_its_window() -> None:
    with pytest.raises(ValueError, match="11x11"):
        ssim(grey(0, height=10), grey(0, height=10))
