from __future__ import annotations

import numpy as np
import pytest

from streamdesnow.frame import Image
from streamdesnow.lab.scoring.baselines import CausalMedian, LowQuantile


def film(frames: int) -> list[Image]:
    rng = np.random.default_rng(4)
    return list(rng.integers(0, 256, (frames, 12, 15, 3)).astype(np.uint8))


@pytest.mark.parametrize("span", [1, 3, 5, 9])
def test_the_median_is_that_of_the_latest_frames(span: int) -> None:
    frames, median = film(14), CausalMedian(span)
    for index, frame in enumerate(frames):
        output = median(frame)
        window = np.sort(frames[max(0, index - span + 1) : index + 1], axis=0)
        assert np.array_equal(output, window[(len(window) - 1) // 2])


def test_the_median_leaves_its_input_alone() -> None:
    frames = film(5)
    before = [frame.copy() for frame in frames]
    median = CausalMedian(3)
    for frame in frames:
        median(frame)[:] = 0
    assert all(np.array_equal(frame, copy) for frame, copy in zip(frames, before, strict=True))
    assert np.array_equal(median(frames[4]), np.sort([frames[3], frames[4], frames[4]], axis=0)[1])


@pytest.mark.parametrize("make", [lambda: CausalMedian(5), LowQuantile])
def test_a_new_frame_size_starts_anew(make) -> None:  # type: ignore[no-untyped-def]
    restore = make()
    restore(np.full((8, 8, 3), 10, np.uint8))
    bright = np.full((6, 9, 3), 200, np.uint8)
    assert np.array_equal(restore(bright), bright)


def test_the_quantile_keeps_a_scene_that_does_not_change() -> None:
    quantile, scene = LowQuantile(), film(1)[0]
    for _ in range(20):
        assert np.array_equal(quantile(scene), scene)


def test_the_quantile_settles_below_passing_flakes() -> None:
    rng, quantile = np.random.default_rng(5), LowQuantile()
    scene = np.full((40, 40, 3), 90, np.uint8)
    for _ in range(60):
        flakes = rng.random((40, 40, 1)) < 0.2
        output = quantile(np.where(flakes, 210, scene).astype(np.uint8))
    assert np.abs(output.astype(int) - 90).mean() < 3


def test_the_quantile_of_noise_is_the_one_asked_for() -> None:
    rng, quantile = np.random.default_rng(6), LowQuantile(tau=0.3, rate=0.03)
    levels = []
    for _ in range(300):
        levels.append(quantile(np.clip(rng.normal(120, 20, (30, 30, 3)), 0, 255).astype(np.uint8)))
    assert np.mean(levels[150:]) == pytest.approx(120 - 0.524 * 20, abs=2.0)


def test_a_median_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="not 0"):
        CausalMedian(0)
