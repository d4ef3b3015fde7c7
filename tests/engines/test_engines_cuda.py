"""The calls into CUDA's driver, as far as they can be looked at without one."""

from __future__ import annotations

import re
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from streamdesnow.engines import cuda
from streamdesnow.engines.cuda import DriverCuda
from streamdesnow.engines.host_cuda import HostCuda
from streamdesnow.errors import EngineFailed


class _Status(int):
    """A status as the driver gives it."""

    def __new__(cls, value: int, name: str) -> _Status:
        status = super().__new__(cls, value)
        status.name = name
        return status


class _Driver:
    """Answers every call with success and a number; notes the calls."""

    def __init__(self) -> None:
        self.calls: list[str] = []
        self.status = _Status(0, "CUDA_SUCCESS")
        self.CUstreamCaptureMode = SimpleNamespace(CU_STREAM_CAPTURE_MODE_THREAD_LOCAL=1)

    def __getattr__(self, name: str) -> Any:
        def call(*arguments: object) -> tuple[object, ...]:
            self.calls.append(name)
            return self.status, 7

        return call


def test_every_name_that_is_used_is_one_of_the_drivers() -> None:
    driver = pytest.importorskip("cuda.bindings.driver")
    source = Path(cuda.__file__).read_text(encoding="utf-8")
    names = set(re.findall(r"driver\.(cu\w+|CU\w+)", source))
    assert len(names) > 15
    assert {name for name in names if not hasattr(driver, name)} == set()
    for name in set(re.findall(r"\.(CU_\w+)", source)):
        enums = (driver.CUdevice_attribute, driver.CUstream_flags, driver.CUstreamCaptureMode)
        assert any(hasattr(enum, name) for enum in enums), name


def test_a_call_that_fails_is_named_as_cuda_names_it() -> None:
    driver = _Driver()
    driver.status = _Status(2, "CUDA_ERROR_OUT_OF_MEMORY")
    with pytest.raises(EngineFailed, match="CUDA_ERROR_OUT_OF_MEMORY"):
        DriverCuda(driver, 0, 0).allocate(1)


def test_a_recording_that_fails_is_ended_all_the_same() -> None:
    driver = _Driver()

    def work() -> None:
        raise EngineFailed("the library refuses")

    with pytest.raises(EngineFailed, match="refuses"):
        DriverCuda(driver, 0, 0).record(work, 1)
    assert driver.calls == ["cuStreamBeginCapture", "cuStreamEndCapture"]


def test_a_recording_is_replayed_and_given_back() -> None:
    driver = _Driver()
    device = DriverCuda(driver, 0, 0)
    recording = device.record(lambda: None, 1)
    device.replay(recording, 1)
    device.drop_recording(recording)
    assert driver.calls[-2:] == ["cuGraphLaunch", "cuGraphExecDestroy"]


def test_plain_memory_copies_fills_and_replays() -> None:
    host = HostCuda()
    one, other = host.pinned((4, 4)), host.pinned((4, 4))
    one[:] = 9
    recording = host.record(lambda: host.copy(other.ctypes.data, one.ctypes.data, 8, 0), 0)
    assert not (other == 9).any()
    host.replay(recording, 0)
    assert (other.ravel()[:8] == 9).all()
    assert not (other.ravel()[8:] == 9).any()
    host.zero(one.ctypes.data, one.nbytes, 0)
    np.testing.assert_array_equal(one, np.zeros((4, 4), np.uint8))
    for array in (one, other):
        host.unpin(array)
    host.drop_recording(recording)
    assert host.held == set()
