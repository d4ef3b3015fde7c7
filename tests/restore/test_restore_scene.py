"""A scene cut is noticed; snow, traffic and exposure are not taken for one."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

import cv2
import numpy as np
import pytest

from streamdesnow.frame import Image
from streamdesnow.restore.scene import CutDetector

_WIDTH, _HEIGHT = 640, 360


def _cuts(frames: Iterable[Image]) -> list[int]:
    detector = CutDetector()
    return [number for number, frame in enumerate(frames) if detector.is_cut(frame)]


def _scene(seed: int, width: int = _WIDTH) -> Image:
    """Sky, houses with windows, a road: coloured boxes of many sizes."""
    rng = np.random.default_rng(seed)
    image = np.empty((_HEIGHT, width, 3), np.uint8)
    image[:] = rng.integers(90, 200, 3, dtype=np.uint8)
    for _ in range(120):
        x, y = int(rng.integers(-50, width)), int(rng.integers(-20, _HEIGHT))
        corner = (x + int(rng.integers(20, 160)), y + int(rng.integers(20, 120)))
        cv2.rectangle(image, (x, y), corner, rng.integers(0, 256, 3).tolist(), -1)
    return image


def _snowing(image: Image, rng: np.random.Generator, flakes: int = 900) -> Image:
    """Heavy snow: about a fifth of the picture under soft white flakes, others in each frame."""
    layer = np.zeros((_HEIGHT, _WIDTH), np.uint8)
    for x, y, radius in rng.integers((0, 0, 1), (_WIDTH, _HEIGHT, 8), (flakes, 3)):
        cv2.circle(layer, (int(x), int(y)), int(radius), 255, -1)
    alpha = cv2.GaussianBlur(layer, (0, 0), 2).astype(np.float32)[..., None] / 255 * 0.8
    return (image + alpha * (240.0 - image)).astype(np.uint8)


def _noisy(image: Image, rng: np.random.Generator) -> Image:
    return np.clip(image + rng.normal(0, 4, image.shape), 0, 255).astype(np.uint8)


def _still(frames: int, change: Callable[[Image, int, np.random.Generator], Image]) -> list[Image]:
    rng = np.random.default_rng(7)
    scene = _scene(1)
    return [_noisy(change(scene, number, rng), rng) for number in range(frames)]


def test_heavy_snow_is_no_cut() -> None:
    assert _cuts(_still(40, lambda scene, _, rng: _snowing(scene, rng))) == []


def test_snow_that_sets_in_at_once_is_no_cut() -> None:
    assert _cuts(_still(30, lambda scene, n, rng: _snowing(scene, rng) if n > 15 else scene)) == []


def test_a_flickering_exposure_is_no_cut() -> None:
    def flicker(scene: Image, _: int, rng: np.random.Generator) -> Image:
        return np.clip(scene * rng.uniform(0.7, 1.2) + rng.uniform(-10, 10), 0, 255).astype(np.uint8)

    assert _cuts(_still(40, flicker)) == []


@pytest.mark.parametrize("speed", [0.03, 0.08])
def test_a_truck_that_passes_close_to_the_lens_is_no_cut(speed: float) -> None:
    def truck(scene: Image, number: int, _: np.random.Generator) -> Image:
        front = int(speed * number * _WIDTH)
        image = scene.copy()
        image[_HEIGHT // 3 :, max(0, front - _WIDTH * 2 // 5) : max(0, front)] = (60, 90, 220)
        return image

    assert _cuts(_still(60, truck)) == []


def test_a_pole_in_the_wind_is_no_cut() -> None:
    def sway(scene: Image, number: int, _: np.random.Generator) -> Image:
        return np.roll(scene, round(4 * np.sin(number)), axis=1)

    assert _cuts(_still(40, sway)) == []


def test_a_covered_or_foggy_lens_is_no_stream_of_cuts() -> None:
    assert _cuts(_still(30, lambda scene, n, rng: np.full_like(scene, 128))) == []


@pytest.mark.parametrize("snow", [False, True])
def test_another_scene_is_a_cut_once(snow: bool) -> None:
    rng = np.random.default_rng(3)
    frames = [_scene(1)] * 10 + [_scene(2)] * 10
    assert _cuts([_snowing(frame, rng) if snow else frame for frame in frames]) == [10]


@pytest.mark.parametrize("speed", [0.005, 0.02, 0.1])
def test_a_pan_is_noticed_soon_and_again_while_it_lasts(speed: float) -> None:
    wide = _scene(5, 4 * _WIDTH)
    rng = np.random.default_rng(4)
    starts = [0] * 10 + [min(3 * _WIDTH, int(speed * number * _WIDTH)) for number in range(1, 30)]
    cuts = _cuts(_noisy(wide[:, start : start + _WIDTH], rng) for start in starts)
    assert cuts
    assert 10 <= cuts[0] <= 20
    assert len(cuts) >= 3


def test_the_switch_to_night_and_back_is_a_cut() -> None:
    def night(scene: Image, number: int, _: np.random.Generator) -> Image:
        if not 10 <= number < 30:
            return scene
        grey = np.clip(255 * (cv2.cvtColor(scene, cv2.COLOR_BGR2GRAY) / 255.0) ** 0.7, 0, 255)
        return np.repeat(grey.astype(np.uint8)[..., None], 3, axis=2)

    assert _cuts(_still(40, night)) == [10, 30]


def test_after_a_reset_the_next_frame_is_no_cut() -> None:
    detector = CutDetector()
    assert not detector.is_cut(_scene(1))
    detector.reset()
    assert not detector.is_cut(_scene(2))
    assert detector.is_cut(_scene(1))


@pytest.mark.parametrize("size", [(1, 1), (1, 50), (63, 7), (3840, 2160)])
def test_any_frame_size_will_do(size: tuple[int, int]) -> None:
    detector = CutDetector()
    image = np.full((size[1], size[0], 3), 100, np.uint8)
    assert not detector.is_cut(image)
    assert not detector.is_cut(image)


_CLIPS = (
    "clean/campus_people_768x576_10fps.avi",
    "clean/motorway_320x240_25fps.avi",
    "clean/parking_480x270.gif",
    "snow/forest_heavy_1920x1080_30fps.mp4",
)


def _clip(path: Path, frames: int) -> list[Image]:
    video = cv2.VideoCapture(str(path))
    read = [video.read()[1] for _ in range(frames)]
    return [np.asarray(image, np.uint8) for image in read if image is not None]


def test_real_clips_have_no_cut_within_and_one_between(shared_data: Path) -> None:
    clips = [_clip(shared_data / "video" / name, 60) for name in _CLIPS]
    for clip in clips:
        assert _cuts(clip) == []
        assert _cuts(clip[::5]) == []
    for first in clips:
        for second in clips:
            if first is not second:
                assert _cuts(first[:15] + second[:15]) == [15]
