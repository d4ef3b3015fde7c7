"""Small frames, cleaned at twice their size by a network of their own."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import tiny_models

from streamdesnow.config.engine import EngineConfig
from streamdesnow.engines.engine import Engine
from streamdesnow.engines.select import open_engine
from streamdesnow.errors import EngineUnavailable
from streamdesnow.frame import Image
from streamdesnow.models.folder import ModelFolder
from streamdesnow.restore import Desnower
from streamdesnow.restore.supersampling import averaged, enlarged, is_small, size_at_network

_CPU = EngineConfig(require="cpu", precision="fp32")


def _noise(width: int, height: int, seed: int = 0) -> Image:
    return np.random.default_rng(seed).integers(0, 256, (height, width, 3), np.uint8)


def _flat(value: int, width: int = 20, height: int = 10) -> Image:
    return np.full((height, width, 3), value, np.uint8)


@pytest.mark.parametrize(
    ("size", "small"),
    [((480, 270), True), ((640, 480), True), ((1, 1), True), ((704, 576), False), ((1280, 720), False)],
)
def test_frames_of_640x480_and_less_are_small(size: tuple[int, int], small: bool) -> None:
    assert is_small(*size) == small


def test_what_was_enlarged_is_averaged_back_bit_for_bit() -> None:
    image = _noise(61, 43)
    shown = enlarged(image)
    assert (shown.shape[1], shown.shape[0]) == size_at_network((61, 43), enlarged=True) == (122, 86)
    assert size_at_network((61, 43), enlarged=False) == (61, 43)
    assert (shown[::2, ::2] == image).all()
    assert (shown[1::2, 1::2] == image).all()
    assert (averaged(shown) == image).all()
    shown[::2, ::2] = 0
    assert np.abs(averaged(shown).astype(int) - 0.75 * image).max() <= 0.75


@pytest.fixture
def model(tmp_path: Path) -> Path:
    """The mean of all frames, and 255 less a frame's mean so far for small ones, to tell them apart."""
    tiny_models.averaging(tmp_path / "avg", side_multiple=8)
    tiny_models.averaging(tmp_path / "avg" / "enlarged", side_multiple=8, enlarged=True)
    return tmp_path / "avg"


@pytest.fixture
def sizes(monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, int]]:
    """What networks are shown, (width, height) of every frame, padding included."""
    from streamdesnow.engines.openvino import OpenVinoEngine

    seen: list[tuple[int, int]] = []
    infer = OpenVinoEngine.infer

    def spy(self: OpenVinoEngine, frames: list[Image], states: list[object]) -> list[Image]:
        seen.extend((frame.shape[1], frame.shape[0]) for frame in frames)
        return infer(self, frames, states)  # type: ignore[arg-type]

    monkeypatch.setattr(OpenVinoEngine, "infer", spy)
    return seen


def test_small_frames_go_through_the_network_for_them_and_large_ones_do_not(
    model: Path, sizes: list[tuple[int, int]]
) -> None:
    with Desnower(model, _CPU) as desnower:
        for size in ((20, 10), (640, 480), (648, 480)):
            image = _noise(*size)
            assert (desnower(image) == image).all()
    assert sizes == [(40, 24), (1280, 960), (648, 480)]


@pytest.mark.parametrize("told", ["at once", "for one camera"])
def test_who_does_not_want_that_says_so(model: Path, sizes: list[tuple[int, int]], told: str) -> None:
    with Desnower(model, _CPU, enlarge=told != "at once") as desnower:
        gate = desnower.stream("gate")
        if told == "for one camera":
            gate.enlarge = False
        gate(_noise(24, 16))
        assert not gate.enlarged
    assert sizes == [(24, 16)]


def test_a_model_without_such_a_network_cleans_frames_as_they_are(
    tmp_path: Path, sizes: list[tuple[int, int]]
) -> None:
    with Desnower(tiny_models.averaging(tmp_path / "avg", side_multiple=8), _CPU) as desnower:
        gate = desnower.stream("gate")
        gate.enlarge = True
        gate(_noise(24, 16))
        assert not gate.can_enlarge
        assert not gate.enlarged
    assert sizes == [(24, 16)]


def test_where_the_network_for_small_frames_cannot_be_run_the_usual_one_is(
    model: Path,
    sizes: list[tuple[int, int]],
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    def refusing(folder: ModelFolder, config: EngineConfig) -> Engine:
        if folder.card.enlarged:
            raise EngineUnavailable("no room left")
        return open_engine(folder, config)

    monkeypatch.setattr("streamdesnow.restore.desnower.open_engine", refusing)
    with Desnower(model, _CPU) as desnower:
        gate = desnower.stream("gate")
        for _ in range(3):
            gate(_noise(24, 16))
        assert not gate.can_enlarge
    assert sizes == 3 * [(24, 16)]
    assert caplog.text.count("gate: small frames are cleaned as large as they are: no room left") == 1


def test_a_network_for_small_frames_by_itself_sees_all_of_them_so(
    tmp_path: Path, sizes: list[tuple[int, int]]
) -> None:
    with Desnower(tiny_models.averaging(tmp_path / "small", enlarged=True), _CPU, enlarge=False) as desnower:
        image = _noise(800, 600)
        assert (desnower(image) == image).all()
    assert sizes == [(1600, 1200)]


def test_a_camera_goes_on_in_one_size_and_begins_anew_in_the_other(model: Path) -> None:
    with Desnower(model, _CPU, cut=False) as desnower:
        gate = desnower.stream("gate")
        assert [int(gate(_flat(value))[5, 5, 0]) for value in (100, 50, 60)] == [100, 75, 70]
        gate.enlarge = False
        assert gate.resets == 1
        assert gate(_flat(30))[5, 5, 0] == 30
        gate.enlarge = False
        assert gate(_flat(50))[5, 5, 0] == 40
        assert gate.resets == 1


def test_a_switch_is_told_to_the_snow_gate_so_the_network_looks_again(model: Path) -> None:
    looked: list[int] = []
    with Desnower(model, _CPU, when="snowing", cut=False) as desnower:
        gate = desnower.stream("gate")
        batch = desnower._run  # what it is asked to do says when it looks
        desnower._run = lambda jobs: (looked.append(len(jobs)), batch(jobs))[1]  # type: ignore[method-assign, func-returns-value]
        for _ in range(40):
            gate(_flat(90, 64, 48))
        before = sum(looked[-10:])
        gate.enlarge = False
        for _ in range(10):
            gate(_flat(90, 64, 48))
        assert before <= 1, "the network rests"
        assert sum(looked[-10:]) == 10, "and gets to know the scene"


def test_cameras_of_one_size_may_differ_in_it(model: Path, sizes: list[tuple[int, int]]) -> None:
    with Desnower(model, _CPU) as desnower:
        large, small = desnower.stream("large"), desnower.stream("small")
        small.enlarge = False
        first, second = _noise(24, 16, 1), _noise(24, 16, 2)
        one, other = desnower.batch([(large, first), (small, second)])
        assert (one == first).all()
        assert (other == second).all()
        assert (large.enlarged, small.enlarged) == (True, False)
        assert desnower.seconds_a_pixel is None
        desnower.batch([(large, first), (small, second)])
        assert desnower.seconds_a_pixel is not None
        assert desnower.seconds_a_pixel > 0
    assert sizes == 2 * [(48, 32), (24, 16)]


@pytest.mark.parametrize("shape", [(40, 52), (40, 52, 4), (41, 51, 3)])
@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
@pytest.mark.parametrize("tile", ["off", 64])
def test_any_kind_of_picture_comes_back_as_it_was(
    model: Path, shape: tuple[int, ...], dtype: type, tile: str | int
) -> None:
    config = EngineConfig.model_validate({"require": "cpu", "precision": "fp32", "tile": tile})
    image = np.random.default_rng(3).integers(0, np.iinfo(dtype).max + 1, shape).astype(dtype)
    with Desnower(model, config) as desnower:
        assert (desnower(image) == image).all()
