"""What an open shutter does to what moves."""

from __future__ import annotations

import numpy as np
import pytest

from streamdesnow.lab.scenes.exposure import smear


@pytest.mark.parametrize(("right", "down"), [(9.0, 0.0), (0.0, -9.0), (6.0, 6.0)])
def test_a_point_becomes_a_line_along_its_way(right: float, down: float) -> None:
    point = np.zeros((41, 41), np.float32)
    point[20, 20] = 1.0
    line = smear(point, right, down)
    assert line.sum() == pytest.approx(1.0, abs=1e-4)
    rows, columns = np.nonzero(line > 1e-3)
    assert np.ptp(columns) == pytest.approx(abs(right), abs=1)
    assert np.ptp(rows) == pytest.approx(abs(down), abs=1)
    assert (rows.mean(), columns.mean()) == pytest.approx((20, 20), abs=0.5)


def test_what_hardly_moves_stays_sharp_and_what_is_too_fast_is_smeared_so_far() -> None:
    picture = np.random.default_rng(0).random((30, 90, 3), np.float32)
    assert np.array_equal(smear(picture, 0.6, -0.6), picture)
    assert np.array_equal(smear(picture, 500.0, 0.0), smear(picture, 24.0, 0.0))
