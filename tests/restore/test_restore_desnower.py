"""Desnower: frames in, frames without snow out, one memory a camera."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tiny_models

from streamdesnow.config.engine import EngineConfig
from streamdesnow.engines.memory import MemoryEngine
from streamdesnow.errors import ConfigError, EngineUnavailable, ImageUnsupported, ModelNotFound
from streamdesnow.frame import Frame, Image
from streamdesnow.restore import Desnower

_CPU = EngineConfig(require="cpu", precision="fp32")


@pytest.fixture
def averaging(tmp_path: Path) -> Iterator[Desnower]:
    """The causal test model: the mean of all frames it remembers."""
    with Desnower(tiny_models.averaging(tmp_path / "avg"), _CPU) as desnower:
        yield desnower


@pytest.fixture
def inverting(tmp_path: Path) -> Iterator[Desnower]:
    """A still test model: 255 - frame, sides multiples of 8."""
    with Desnower(tiny_models.inverting(tmp_path / "inv", side_multiple=8), _CPU) as desnower:
        yield desnower


def _flat(value: int, width: int = 20, height: int = 10) -> Image:
    return np.full((height, width, 3), value, np.uint8)


def _noise(*shape: int, dtype: type = np.uint8) -> np.ndarray:
    return np.random.default_rng(1).integers(0, np.iinfo(dtype).max + 1, shape).astype(dtype)


def _frame(image: Image, *, discontinuity: bool = False) -> Frame:
    return Frame(image, pts=0, time_base=Fraction(1, 25), captured_at=0.0, discontinuity=discontinuity)


@pytest.mark.parametrize("size", [(1, 1), (2, 1), (1, 9), (17, 33), (64, 48), (101, 7)])
def test_any_size_comes_back_as_it_was(inverting: Desnower, size: tuple[int, int]) -> None:
    image = _noise(size[1], size[0], 3)
    clean = inverting(image)
    np.testing.assert_array_equal(clean, 255 - image)
    assert clean.flags.c_contiguous


def test_the_frame_that_is_given_stays_as_it_is(inverting: Desnower) -> None:
    image = _noise(16, 16, 3)
    before = image.copy()
    image.setflags(write=False)
    inverting(image)
    np.testing.assert_array_equal(image, before)


@pytest.mark.parametrize("shape", [(11, 13), (11, 13, 1), (11, 13, 3), (11, 13, 4)])
@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_grey_transparent_and_deep_images_keep_type_and_shape(
    inverting: Desnower, shape: tuple[int, ...], dtype: type
) -> None:
    image = _noise(*shape, dtype=dtype)
    clean = inverting(image)
    assert (clean.dtype, clean.shape) == (image.dtype, image.shape)
    colours = image[..., :3] if len(shape) == 3 else image
    inverted = np.iinfo(dtype).max - colours.astype(int)
    found = clean[..., :3] if len(shape) == 3 else clean
    assert np.abs(found.astype(int) - inverted).max() <= (0 if dtype == np.uint8 else 257)
    if shape[-1] == 4:
        np.testing.assert_array_equal(clean[..., 3], image[..., 3])


def test_a_deep_image_keeps_its_fine_steps_where_nothing_changes(tmp_path: Path) -> None:
    runner = MemoryEngine()
    with Desnower(tiny_models.inverting(tmp_path / "inv"), runner=runner) as desnower:
        image = _noise(9, 9, 3, dtype=np.uint16)
        np.testing.assert_array_equal(desnower(image), image)


@pytest.mark.parametrize(
    "image",
    [
        np.zeros((4, 4, 3), np.float32),
        np.zeros((4, 4, 2), np.uint8),
        np.zeros((0, 4, 3), np.uint8),
        np.zeros(4),
    ],
)
def test_what_is_no_image_is_refused_as_a_value_error(inverting: Desnower, image: np.ndarray) -> None:
    with pytest.raises(ImageUnsupported, match="image") as caught:
        inverting(image)
    assert isinstance(caught.value, ValueError)


@pytest.mark.parametrize("image", [None, [[1, 2]], "snowy.png"])
def test_what_is_no_array_is_refused(averaging: Desnower, image: Any) -> None:
    with pytest.raises(ImageUnsupported, match=f"numpy array; this one is {type(image).__name__}"):
        averaging(image)


def test_a_stream_remembers_and_a_still_does_not(averaging: Desnower) -> None:
    gate = averaging.stream("gate")
    assert [int(gate(_flat(value))[0, 0, 0]) for value in (100, 110, 120)] == [100, 105, 110]
    assert int(averaging(_flat(50))[0, 0, 0]) == 50
    assert int(gate(_flat(90))[0, 0, 0]) == 105


def test_streams_remember_apart(averaging: Desnower) -> None:
    gate, yard = averaging.stream("gate"), averaging.stream("yard")
    gate(_flat(100))
    yard(_flat(20))
    assert int(gate(_flat(110))[0, 0, 0]) == 105
    assert int(yard(_flat(30))[0, 0, 0]) == 25


def test_a_stream_of_another_desnower_is_refused(averaging: Desnower) -> None:
    stranger = Desnower(averaging.model).stream("gate")
    with pytest.raises(ValueError, match="'gate' belongs to another"):
        averaging.batch([(stranger, _flat(100))])


def test_a_discontinuity_drops_the_memory(averaging: Desnower) -> None:
    gate = averaging.stream("gate")
    gate(_frame(_flat(100), discontinuity=True))
    assert int(gate(_frame(_flat(110)))[0, 0, 0]) == 105
    assert int(gate(_frame(_flat(120), discontinuity=True))[0, 0, 0]) == 120
    assert gate.resets == 1


def test_a_new_size_drops_the_memory(averaging: Desnower) -> None:
    gate = averaging.stream("gate")
    gate(_flat(100))
    assert gate(_flat(110, 32, 24)).shape == (24, 32, 3)
    assert int(gate(_flat(120, 32, 24))[0, 0, 0]) == 115
    assert gate.resets == 1


def test_reset_drops_the_memory(averaging: Desnower) -> None:
    gate = averaging.stream("gate")
    gate(_flat(100))
    gate.reset()
    assert int(gate(_flat(110))[0, 0, 0]) == 110


def test_a_scene_cut_drops_the_memory_unless_told_not_to(tmp_path: Path) -> None:
    path = tiny_models.averaging(tmp_path / "avg")
    here, there = _noise(9, 16, 3), _noise(9, 16, 3)[::-1, ::-1].copy()
    here, there = (np.kron(image, np.ones((16, 16, 1), np.uint8)) for image in (here, there))
    for cut, resets in ((True, 1), (False, 0)):
        with Desnower(path, _CPU, cut=cut) as desnower:
            gate = desnower.stream("gate")
            gate(here)
            after = gate(there)
            assert gate.resets == resets
            assert bool(np.array_equal(after, there)) is cut


def test_a_batch_puts_frames_of_one_size_into_one_call(tmp_path: Path) -> None:
    runner = MemoryEngine(lambda image, seen: image + np.uint8(len(seen)))
    with Desnower(tiny_models.averaging(tmp_path / "avg"), runner=runner) as desnower:
        a, b, c = (desnower.stream(name) for name in "abc")
        small, large = _flat(10, 18, 10), _flat(20, 40, 30)
        results = desnower.batch([(a, small), (b, large), (c, small), (a, small)])
    assert [image.shape for image in results] == [(10, 18, 3), (30, 40, 3), (10, 18, 3), (10, 18, 3)]
    assert [int(image[0, 0, 0]) for image in results] == [10, 20, 10, 11]
    assert sorted(runner.calls) == [1, 1, 2]


def test_an_empty_batch_is_empty(averaging: Desnower) -> None:
    assert averaging.batch([]) == []


def test_a_batch_gives_what_single_calls_give(averaging: Desnower) -> None:
    frames = [[_noise(12, 20, 3) // (camera + step + 1) for step in range(3)] for camera in range(3)]
    together = [averaging.stream(str(camera)) for camera in range(3)]
    alone = [averaging.stream(str(camera)) for camera in range(3)]
    for step in range(3):
        batch = averaging.batch([(together[camera], frames[camera][step]) for camera in range(3)])
        for camera in range(3):
            np.testing.assert_array_equal(batch[camera], alone[camera](frames[camera][step]))


def test_threads_may_share_a_desnower(averaging: Desnower) -> None:
    results: dict[int, Image] = {}

    def clean(value: int) -> None:
        stream = averaging.stream(str(value))
        for _ in range(5):
            results[value] = stream(_flat(value))

    threads = [threading.Thread(target=clean, args=(value,)) for value in (10, 50, 90)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {value: int(image.max()) for value, image in results.items()} == {10: 10, 50: 50, 90: 90}


def test_it_opens_by_itself_and_again_after_close(tmp_path: Path) -> None:
    runner = MemoryEngine()
    desnower = Desnower(tiny_models.inverting(tmp_path / "inv"), runner=runner)
    assert not runner.opened
    desnower(_flat(1))
    assert runner.opened
    desnower.close()
    desnower.close()
    assert not runner.opened
    assert desnower.info.backend == "memory"
    assert runner.opened


def test_words_choose_engines(tmp_path: Path) -> None:
    path = tiny_models.inverting(tmp_path / "inv")
    with Desnower(path, "onnxruntime") as desnower:
        assert desnower.info.backend == "onnxruntime"
    with pytest.raises(ConfigError, match="openvino"):
        Desnower(path, "openvin0")


def test_a_gpu_that_is_required_and_missing_is_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "/nonexistent")
    with pytest.raises(EngineUnavailable):
        Desnower(tiny_models.inverting(tmp_path / "inv"), "cuda").open()


def test_an_unknown_model_is_an_error_at_once() -> None:
    with pytest.raises(ModelNotFound, match="no-such-model"):
        Desnower("no-such-model")
