"""The TensorRT engine on plain memory: everything but TensorRT's own run, which needs a GPU."""

from __future__ import annotations

import logging
from pathlib import Path

import numpy as np
import pytest
import tiny_models
from host_executor import HostExecutors

from streamdesnow.config.engine import EngineConfig
from streamdesnow.engines.host_cuda import HostCuda
from streamdesnow.engines.onnxruntime import OnnxRuntimeEngine
from streamdesnow.engines.tensorrt import TensorRtEngine
from streamdesnow.errors import EngineFailed, EngineUnavailable
from streamdesnow.frame import Image
from streamdesnow.models import ModelFolder

pytest.importorskip("tensorrt_rtx", reason="tensorrt-rtx is not installed")

_SIZE = (24, 16)


def _noise(seed: int) -> Image:
    return np.random.default_rng(seed).integers(0, 256, (_SIZE[1], _SIZE[0], 3), np.uint8)


class _Machine:
    """An engine and what stands in for its GPU."""

    def __init__(
        self, model: ModelFolder, cache: Path, *, batch: int = 8, capability: tuple[int, int] = (8, 9)
    ):
        self.model = model
        self.cache = cache
        self.cuda = HostCuda(capability)
        self.executors = HostExecutors(self.cuda, model)
        self.engine = TensorRtEngine(
            model,
            EngineConfig(precision="fp32", cache=cache),
            "tensorrt-rtx",
            cuda=lambda _: self.cuda,
            execute=self.executors,
            batch=batch,
        )

    def reference(self) -> OnnxRuntimeEngine:
        engine = OnnxRuntimeEngine(self.model, EngineConfig(), "cpu")
        engine.open()
        return engine


@pytest.fixture
def averaging(tmp_path: Path) -> ModelFolder:
    return ModelFolder(tiny_models.averaging(tmp_path / "averaging"))


def test_cameras_keep_their_memories_whoever_comes_with_them(averaging: ModelFolder, tmp_path: Path) -> None:
    machine = _Machine(averaging, tmp_path / "cache", batch=2)
    machine.engine.open()
    reference = machine.reference()
    names = "abcde"
    here = {name: machine.engine.zero_state(*_SIZE) for name in names}
    there = {name: reference.zero_state(*_SIZE) for name in names}
    company = ["ab", "abcde", "ba", "c", "ace", "bd", "abcde", "abcde", "abcde", "e"]
    for turn, together in enumerate(company):
        frames = [_noise(turn * 10 + number) for number in range(len(together))]
        found = machine.engine.infer(frames, [here[name] for name in together])
        expected = reference.infer(frames, [there[name] for name in together])
        np.testing.assert_array_equal(np.stack(found), np.stack(expected))
    machine.engine.close()
    assert machine.cuda.held == set()


class _SmallCuda(HostCuda):
    """A device that has room for so many allocations."""

    def __init__(self, room: int) -> None:
        super().__init__()
        self.room = room

    def allocate(self, count: int) -> int:
        if self.room == 0:
            raise EngineFailed("out of memory")
        self.room -= 1
        return super().allocate(count)


@pytest.mark.parametrize("room", range(6))
def test_what_was_taken_before_memory_ran_out_is_given_back(
    averaging: ModelFolder, tmp_path: Path, room: int
) -> None:
    machine = _Machine(averaging, tmp_path / "cache")
    small = machine.cuda = machine.executors._cuda = _SmallCuda(room)
    machine.engine.open()
    state = machine.engine.zero_state(*_SIZE)
    for _ in range(3):
        with pytest.raises(EngineFailed, match="out of memory"):
            machine.engine.infer([_noise(1)], [state])
        assert small.held == set()
        small.room = room
    small.room = 100
    machine.engine.infer([_noise(1)], [state])
    machine.engine.close()
    assert small.held == set()


def test_work_is_recorded_once_for_each_of_the_two_turns_and_replayed(
    averaging: ModelFolder, tmp_path: Path
) -> None:
    machine = _Machine(averaging, tmp_path / "cache")
    machine.engine.open()
    state = machine.engine.zero_state(*_SIZE)
    for turn in range(6):
        machine.engine.infer([_noise(turn)], [state])
    # The first call is not recorded: it is when a library still prepares.
    assert machine.cuda.replayed == 5
    machine.engine.close()


def test_what_cannot_be_recorded_runs_all_the_same(averaging: ModelFolder, tmp_path: Path) -> None:
    machine = _Machine(averaging, tmp_path / "cache")
    machine.executors.recordable = False
    machine.engine.open()
    state = machine.engine.zero_state(*_SIZE)
    for turn in range(4):
        (found,) = machine.engine.infer([_noise(turn)], [state])
    mean = np.mean([_noise(turn).astype(float) for turn in range(4)], axis=0)
    assert np.abs(found - mean).max() <= 0.51
    assert machine.cuda.replayed == 0
    machine.engine.close()


def test_a_memory_stays_where_it_is_between_frames(averaging: ModelFolder, tmp_path: Path) -> None:
    machine = _Machine(averaging, tmp_path / "cache")
    machine.engine.open()
    states = [machine.engine.zero_state(*_SIZE) for _ in range(3)]
    frames = [_noise(number) for number in range(3)]
    machine.engine.infer(frames, states)
    before = machine.cuda.copied
    machine.engine.infer(frames, states)
    assert machine.cuda.copied - before == 2 * sum(frame.nbytes for frame in frames)
    machine.engine.close()


def test_still_models_have_no_memory_and_run_in_batches(tmp_path: Path) -> None:
    model = ModelFolder(tiny_models.inverting(tmp_path / "inverting"))
    machine = _Machine(model, tmp_path / "cache", batch=2)
    machine.engine.open()
    frames = [_noise(number) for number in range(5)]
    found = machine.engine.infer(frames, [machine.engine.zero_state(*_SIZE) for _ in frames])
    np.testing.assert_array_equal(np.stack(found), 255 - np.stack(frames))
    machine.engine.close()


def test_an_engine_is_built_once_and_found_again(averaging: ModelFolder, tmp_path: Path) -> None:
    plans = []
    for _ in range(2):
        machine = _Machine(averaging, tmp_path / "cache")
        machine.engine.open()
        machine.engine.infer([_noise(0)], [machine.engine.zero_state(*_SIZE)])
        machine.engine.close()
        plans += machine.executors.plans
    assert plans[0] == plans[1]
    assert machine.executors.given == [b"compiled"]


def test_an_engine_that_the_library_does_not_take_is_built_again(
    averaging: ModelFolder, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    machine = _Machine(averaging, tmp_path / "cache")
    machine.executors.refuse = 1
    machine.engine.open()
    machine.engine.infer([_noise(0)], [machine.engine.zero_state(*_SIZE)])
    machine.engine.close()
    assert len(machine.executors.plans) == 2
    (warning,) = (record for record in caplog.records if record.levelno == logging.WARNING)
    assert "built for another GPU; it is built again" in warning.message


def test_a_failure_does_not_leave_half_a_memory(averaging: ModelFolder, tmp_path: Path) -> None:
    machine = _Machine(averaging, tmp_path / "cache")
    machine.executors.refuse = 2
    machine.engine.open()
    state = machine.engine.zero_state(*_SIZE)
    with pytest.raises(EngineFailed):
        machine.engine.infer([_noise(0)], [state])
    (found,) = machine.engine.infer([_noise(1)], [state])
    np.testing.assert_array_equal(found, _noise(1))
    machine.engine.close()


def test_a_gpu_that_the_library_does_not_run_on_is_named_with_what_to_install(
    averaging: ModelFolder, tmp_path: Path
) -> None:
    hopper = _Machine(averaging, tmp_path / "cache", capability=(9, 0))
    with pytest.raises(EngineUnavailable, match=r"has 9\.0: pip install \"streamdesnow\[tensorrt\]\""):
        hopper.engine.open()


def test_without_a_gpu_the_engine_is_unavailable(
    averaging: ModelFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "")
    with pytest.raises(EngineUnavailable, match="no NVIDIA GPU number 0: "):
        TensorRtEngine(averaging, EngineConfig(), "tensorrt-rtx").open()
