"""The little of CUDA that engines need beside their libraries: memory, copies, streams, recorded work.

The driver's interface rather than the runtime's, so that whatever CUDA version a network library brings,
this goes with the driver that is there.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from streamdesnow.errors import EngineFailed, EngineUnavailable

__all__ = ["Cuda", "CudaDevice", "DriverCuda", "open_cuda"]


@dataclass(frozen=True, slots=True)
class CudaDevice:
    """A GPU as CUDA describes it.

    Attributes:
        name: for example `NVIDIA GeForce RTX 4070`.
        capability: compute capability, major and minor.
        driver: version of its driver, or of CUDA in it where the driver does not tell its own.
    """

    name: str
    capability: tuple[int, int]
    driver: str


class Cuda(Protocol):
    """One device. Addresses are plain numbers, as libraries take them; copies may go in any direction."""

    @property
    def device(self) -> CudaDevice:
        """What it is."""
        ...

    def enter(self) -> None:
        """Let this thread work with the device; before anything else in each thread, cheap when repeated."""
        ...

    def allocate(self, count: int) -> int:
        """Address of so many bytes on the device."""
        ...

    def free(self, address: int) -> None:
        """Give them back."""
        ...

    def pinned(self, shape: tuple[int, ...]) -> NDArray[np.uint8]:
        """An array on this side that copies reach without a detour."""
        ...

    def unpin(self, array: NDArray[np.uint8]) -> None:
        """Give it back; it must not be touched afterwards."""
        ...

    def new_stream(self) -> int:
        """A queue of work of its own."""
        ...

    def drop_stream(self, stream: int) -> None:
        """Give it back."""
        ...

    def copy(self, target: int, source: int, count: int, stream: int) -> None:
        """Queue a copy of so many bytes."""
        ...

    def zero(self, target: int, count: int, stream: int) -> None:
        """Queue the filling of so many bytes with zeros."""
        ...

    def wait(self, stream: int) -> None:
        """Until everything queued is done."""
        ...

    def record(self, work: Callable[[], None], stream: int) -> int:
        """Note what `work` queues, without doing it, as a CUDA graph."""
        ...

    def replay(self, recording: int, stream: int) -> None:
        """Queue all of it at once."""
        ...

    def drop_recording(self, recording: int) -> None:
        """Give it back."""
        ...


def open_cuda(device: int) -> DriverCuda:
    """The GPU that CUDA numbers `device`.

    Raises:
        EngineUnavailable: package, driver or device missing.
    """
    try:
        from cuda.bindings import driver
    except ImportError as error:
        raise EngineUnavailable(
            f'cuda-bindings is not installed ({error}): pip install "streamdesnow[gpu]"'
        ) from error
    try:
        _check(driver.cuInit(0))
        handle = _check(driver.cuDeviceGet(device))
        context = _check(driver.cuDevicePrimaryCtxRetain(handle))
    except EngineFailed as error:
        raise EngineUnavailable(f"no NVIDIA GPU number {device}: {error}") from error
    except RuntimeError as error:
        raise EngineUnavailable(f"no NVIDIA GPU number {device}: there is no driver for one") from error
    return DriverCuda(driver, handle, context)


class DriverCuda:
    """See `Cuda`. Shares the context that network libraries use.

    Args:
        driver: the module `cuda.bindings.driver`.
        handle: of the device.
        context: its primary context, retained.
    """

    def __init__(self, driver: Any, handle: Any, context: Any) -> None:
        self._driver = driver
        self._handle = handle
        self._context = context
        self._recordings: dict[int, Any] = {}

    @property
    def device(self) -> CudaDevice:
        """What it is."""
        attribute = self._driver.CUdevice_attribute
        major, minor = (
            int(_check(self._driver.cuDeviceGetAttribute(which, self._handle)))
            for which in (
                attribute.CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR,
                attribute.CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR,
            )
        )
        name = _check(self._driver.cuDeviceGetName(128, self._handle)).split(b"\0")[0].decode()
        version = _driver_version() or f"CUDA {_check(self._driver.cuDriverGetVersion())}"
        return CudaDevice(name, (major, minor), version)

    def enter(self) -> None:
        """See `Cuda.enter`."""
        _check(self._driver.cuCtxSetCurrent(self._context))

    def allocate(self, count: int) -> int:
        """See `Cuda.allocate`."""
        return int(_check(self._driver.cuMemAlloc(count)))

    def free(self, address: int) -> None:
        """See `Cuda.free`."""
        _check(self._driver.cuMemFree(address))

    def pinned(self, shape: tuple[int, ...]) -> NDArray[np.uint8]:
        """See `Cuda.pinned`."""
        import ctypes

        count = int(np.prod(shape))
        address = int(_check(self._driver.cuMemHostAlloc(count, 0)))
        return np.ctypeslib.as_array((ctypes.c_uint8 * count).from_address(address)).reshape(shape)

    def unpin(self, array: NDArray[np.uint8]) -> None:
        """See `Cuda.unpin`."""
        _check(self._driver.cuMemFreeHost(array.ctypes.data))

    def new_stream(self) -> int:
        """See `Cuda.new_stream`."""
        flags = int(self._driver.CUstream_flags.CU_STREAM_NON_BLOCKING)
        return int(_check(self._driver.cuStreamCreate(flags)))

    def drop_stream(self, stream: int) -> None:
        """See `Cuda.drop_stream`."""
        _check(self._driver.cuStreamDestroy(stream))

    def copy(self, target: int, source: int, count: int, stream: int) -> None:
        """See `Cuda.copy`."""
        _check(self._driver.cuMemcpyAsync(target, source, count, stream))

    def zero(self, target: int, count: int, stream: int) -> None:
        """See `Cuda.zero`."""
        _check(self._driver.cuMemsetD8Async(target, 0, count, stream))

    def wait(self, stream: int) -> None:
        """See `Cuda.wait`."""
        _check(self._driver.cuStreamSynchronize(stream))

    def record(self, work: Callable[[], None], stream: int) -> int:
        """See `Cuda.record`."""
        mode = self._driver.CUstreamCaptureMode.CU_STREAM_CAPTURE_MODE_THREAD_LOCAL
        _check(self._driver.cuStreamBeginCapture(stream, mode))
        try:
            work()
        finally:
            # Ended in any case: a stream that goes on recording never works again.
            ended = self._driver.cuStreamEndCapture(stream)
        graph = _check(ended)
        recording = _check(self._driver.cuGraphInstantiate(graph, 0))
        _check(self._driver.cuGraphDestroy(graph))
        self._recordings[int(recording)] = recording
        return int(recording)

    def replay(self, recording: int, stream: int) -> None:
        """See `Cuda.replay`."""
        _check(self._driver.cuGraphLaunch(self._recordings[recording], stream))

    def drop_recording(self, recording: int) -> None:
        """See `Cuda.drop_recording`."""
        _check(self._driver.cuGraphExecDestroy(self._recordings.pop(recording)))


def _driver_version() -> str:
    try:
        return Path("/sys/module/nvidia/version").read_text(encoding="ascii").strip()
    except (OSError, ValueError):
        return ""


def _check(answer: tuple[Any, ...]) -> Any:
    """What a call returned behind its status."""
    status, *values = answer
    if int(status) != 0:
        raise EngineFailed(f"CUDA: {status.name}")
    return values[0] if values else None
