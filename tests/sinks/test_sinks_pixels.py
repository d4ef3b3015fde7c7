from __future__ import annotations

import numpy as np
import pytest

from streamdesnow.frame import Image
from streamdesnow.sinks.pixels import (
    BT601,
    BT709,
    Colour,
    colour_for,
    even_size,
    fit_into,
    to_bgr0,
    to_yuv420p,
)

COLOURS = {
    "black": (0, 0, 0), "white": (255, 255, 255), "grey": (128, 128, 128),
    "red": (0, 0, 255), "green": (0, 255, 0), "blue": (255, 0, 0), "skin": (120, 160, 210),
}  # fmt: skip


def patch(colour: tuple[int, int, int], size: tuple[int, int] = (16, 16)) -> Image:
    return np.full((size[1], size[0], 3), colour, np.uint8)


@pytest.mark.parametrize("colour", [BT601, BT709])
@pytest.mark.parametrize("bgr", COLOURS.values(), ids=COLOURS)
def test_luma_and_chroma_are_those_of_the_standard(bgr: tuple[int, int, int], colour: Colour) -> None:
    blue, green, red = (value / 255 for value in bgr)
    luma = colour.kr * red + (1 - colour.kr - colour.kb) * green + colour.kb * blue
    expected = (
        16 + 219 * luma,
        128 + 112 * (blue - luma) / (1 - colour.kb),
        128 + 112 * (red - luma) / (1 - colour.kr),
    )
    planes = to_yuv420p(patch(bgr), colour).to_ndarray()
    found = planes[:16].mean(), planes[16:20].mean(), planes[20:].mean()
    assert found == pytest.approx(expected, abs=0.6)


def test_white_is_235_and_black_16() -> None:
    assert (to_yuv420p(patch((255, 255, 255)), BT709).to_ndarray()[:16] == 235).all()
    assert (to_yuv420p(patch((0, 0, 0)), BT709).to_ndarray()[:16] == 16).all()


def test_high_definition_is_bt709_and_less_is_bt601() -> None:
    assert colour_for(1080) is colour_for(720) is BT709
    assert colour_for(576) is BT601


@pytest.mark.parametrize("size", [(1, 1), (3, 2), (2, 3), (321, 241)])
def test_odd_sides_grow_by_repeating_the_last_row_and_column(size: tuple[int, int]) -> None:
    image = np.random.default_rng(1).integers(0, 256, (size[1], size[0], 3), np.uint8)
    frame = to_yuv420p(image, BT601)
    assert (frame.width, frame.height) == even_size(*size)
    luma = frame.to_ndarray()[: frame.height]
    assert np.array_equal(luma[: size[1], -1], luma[: size[1], size[0] - 1])
    assert np.array_equal(luma[-1], luma[size[1] - 1])


def test_bgr0_is_bit_exact_also_for_views() -> None:
    image = np.random.default_rng(2).integers(0, 256, (9, 20, 3), np.uint8)[:, 3:14]
    assert np.array_equal(to_bgr0(image).to_ndarray(format="bgr24"), image)


def test_fitting_keeps_proportions_and_fills_with_black() -> None:
    fitted = fit_into(patch((255, 255, 255), (40, 10)), (20, 20))
    assert fitted.shape == (20, 20, 3)
    assert (fitted[:, 0, 0] == 255).sum() == 5
    assert fitted[0].max() == fitted[-1].max() == 0
    assert fit_into(patch((9, 9, 9), (1, 500)), (16, 16)).shape == (16, 16, 3)
