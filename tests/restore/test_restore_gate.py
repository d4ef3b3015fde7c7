"""The snow gate: what is measured, what is decided, and what comes out."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from functools import cache
from pathlib import Path

import cv2
import numpy as np
import pytest
import tiny_models
from pydantic import ValidationError

from streamdesnow.capture.av_reader import AvReader
from streamdesnow.config.camera import SimulatedConfig
from streamdesnow.config.gate import SnowfallConfig
from streamdesnow.engines.memory import MemoryEngine
from streamdesnow.frame import Frame, Image
from streamdesnow.restore import Desnower
from streamdesnow.restore.gate import SnowGate
from streamdesnow.restore.gate_meter import SnowMeter
from streamdesnow.snowfall.film import SimulatedFilm

_CONFIG = SnowfallConfig(hold=2.0, warm=0.4)


@cache
def street(level: str, fps: float = 25.0, frames: int = 20) -> tuple[Image, ...]:
    """The simulated street in snow of a style that the thresholds were not chosen on."""
    config = SimulatedConfig(snow=level, style="streaks", size=(320, 180), fps=fps, duration=4)
    film = SimulatedFilm(config)
    return tuple(film.snowy(index) for index in range(frames))


def measured(frames: Iterator[Image] | tuple[Image, ...]) -> float:
    """The most that is measured once there is enough to go by."""
    meter = SnowMeter()
    return max(figure for figure in [meter.step(image) for image in frames][7:])


def test_the_figure_grows_with_the_snow() -> None:
    light, medium, heavy = (measured(street(level)) for level in ("light", "medium", "heavy"))
    assert 0.3 < light < medium < heavy


@pytest.mark.parametrize("fps", [10.0, 25.0])
def test_a_street_with_traffic_and_without_snow_measures_nothing(fps: float) -> None:
    assert measured(street("none", fps)) == 0.0


def test_noise_flicker_shaking_and_grain_are_no_snow() -> None:
    rng = np.random.default_rng(4)
    still = street("none")[0].astype(np.float32)
    views = {
        "night": lambda _: still * 0.2 + rng.normal(0, 10, still.shape),
        "grain": lambda _: (
            still * 0.3 + cv2.GaussianBlur(rng.normal(0, 12, still.shape).astype(np.float32), (0, 0), 1.2)
        ),
        "flicker": lambda number: still * (1 + 0.06 * (-1) ** number),
        "shaking": lambda _: np.roll(still, rng.integers(0, 2), 1),
        "dead pixels": lambda _: np.where(rng.random((*still.shape[:2], 1)) < 0.001, 255, still),
    }
    for name, view in views.items():
        frames = tuple(np.clip(view(number), 0, 255).astype(np.uint8) for number in range(20))
        assert measured(frames) < 0.3, name


def test_a_white_car_that_passes_is_no_snow() -> None:
    road = np.full((180, 320, 3), 60, np.uint8)

    def passing() -> Iterator[Image]:
        for number in range(20):
            view = road.copy()
            view[80:120, number * 16 : number * 16 + 70] = 235
            yield view

    assert measured(passing()) == 0.0


def test_where_no_flake_can_be_seen_nothing_is_measured() -> None:
    assert measured(tuple(np.maximum(image, 200) for image in street("heavy"))) == 0.0


@pytest.mark.parametrize("clip", ["campus_people_768x576_10fps.avi", "motorway_320x240_25fps.avi"])
def test_real_people_and_traffic_are_no_snow(shared_data: Path, clip: str) -> None:
    with AvReader.for_file(shared_data / "video" / "clean" / clip) as reader:
        frames = (frame.image for frame, _ in zip(reader, range(60), strict=False))
        assert measured(frames) < 0.1


def test_real_snow_is_snow(shared_data: Path) -> None:
    (clip,) = (shared_data / "video" / "snow").glob("*.mp4")
    with AvReader.for_file(clip) as reader:
        assert measured(frame.image for frame, _ in zip(reader, range(12), strict=False)) > 1.0


def test_snow_is_noticed_within_half_a_second_and_its_end_after_the_hold() -> None:
    gate = SnowGate(_CONFIG)
    for image in street("none"):
        gate.step(image)
    began = next(n for n, image in enumerate(street("heavy")) if gate.step(image).share > 0)
    assert began < 12
    calm = street("none") * 6
    shares = [gate.step(image).share for image in calm]
    ended = next(n for n, share in enumerate(shares) if share == 0)
    assert 2.0 < ended / 25 < 4.0, "hold is two seconds"


def test_the_picture_goes_over_step_by_step() -> None:
    gate = SnowGate(_CONFIG)
    shares = [gate.step(image).share for image in street("heavy")]
    assert max(np.diff(shares)) <= 0.21
    assert shares[-1] == 1.0


def test_time_stamps_decide_how_long_a_second_is() -> None:
    gate = SnowGate(_CONFIG)
    for number, image in enumerate(street("heavy")):
        gate.step(image, number / 5)
    for number, image in enumerate(street("none") * 4):
        gate.step(image, 4 + number / 5)
    assert not gate.now.falling, "eighty frames are sixteen seconds"


def test_while_it_rests_the_network_looks_now_and_then() -> None:
    gate = SnowGate(_CONFIG)
    looks = [gate.step(image).run for image in street("none") * 3]
    assert all(looks[:12]), "the scene is learnt first"
    assert looks[12:].count(True) == 48 // 10


def test_stop_above_start_is_refused() -> None:
    with pytest.raises(ValidationError, match="must not be above start"):
        SnowfallConfig(start=0.2, stop=0.3)


def _desnower(folder: Path, when: str, engine: MemoryEngine) -> Desnower:
    model = tiny_models.inverting(folder / "inv")
    return Desnower(model, when=when, snowfall=_CONFIG, runner=engine)


def test_without_snow_frames_come_out_as_they_came_and_the_network_rests(tmp_path: Path) -> None:
    engine = MemoryEngine(lambda image, _: 255 - image)
    with _desnower(tmp_path, "snowing", engine) as desnower:
        gate = desnower.stream("gate")
        frames = street("none") * 3
        assert all(gate(image) is image for image in frames)
    assert len(engine.calls) < len(frames) / 3
    assert gate.snowfall is not None
    assert not gate.snowfall.falling


def test_in_snow_frames_are_cleaned(tmp_path: Path) -> None:
    engine = MemoryEngine(lambda image, _: 255 - image)
    with _desnower(tmp_path, "snowing", engine) as desnower:
        gate = desnower.stream("gate")
        last = [gate(image) for image in street("heavy")][-1]
    np.testing.assert_array_equal(last, 255 - street("heavy")[-1])


def test_another_network_of_the_camera_knows_the_weather(tmp_path: Path) -> None:
    engines = [MemoryEngine(lambda image, _: 255 - image) for _ in range(2)]
    with (
        _desnower(tmp_path / "large", "snowing", engines[0]) as large,
        _desnower(tmp_path / "small", "snowing", engines[1]) as small,
    ):
        usual = large.stream("gate")
        other = small.stream("gate", beside=usual)
        for image in street("heavy"):
            usual(image)
        other.reset()
        first = street("heavy")[0]
        np.testing.assert_array_equal(other(first), 255 - first)
        for image in street("none") * 5:
            other(image)
        usual.reset()
        assert usual.snowfall is not None
        assert not usual.snowfall.falling, "it stopped while the other network cleaned"
        assert usual(first) is first


def test_never_asks_the_network_nothing_and_a_stream_may_differ(tmp_path: Path) -> None:
    engine = MemoryEngine(lambda image, _: 255 - image)
    image = street("heavy")[0]
    with _desnower(tmp_path, "never", engine) as desnower:
        assert desnower.stream("gate")(image) is image
        assert engine.calls == []
        np.testing.assert_array_equal(desnower.stream("yard", "always")(image), 255 - image)


def test_cameras_with_and_without_snow_share_a_batch(tmp_path: Path) -> None:
    engine = MemoryEngine(lambda image, _: 255 - image)
    with _desnower(tmp_path, "never", engine) as desnower:
        gate, yard = desnower.stream("gate"), desnower.stream("yard", "always")
        image = street("heavy")[0]
        untouched, clean = desnower.batch([(gate, image), (yard, image)])
    assert untouched is image
    np.testing.assert_array_equal(clean, 255 - image)


def test_a_gap_while_the_network_rests_drops_its_memory(tmp_path: Path) -> None:
    engine = MemoryEngine()
    with _desnower(tmp_path, "snowing", engine) as desnower:
        gate = desnower.stream("gate")
        for number, image in enumerate(street("none")):
            gate(Frame(image, number, Fraction(1, 25), 0.0, discontinuity=number == 15))
    assert gate.resets == 1
