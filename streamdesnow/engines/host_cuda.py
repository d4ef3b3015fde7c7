"""A device of plain memory: what tests run GPU code on, and what moves rows of memory on a CPU."""

from __future__ import annotations

import ctypes
import itertools
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from streamdesnow.engines.cuda import CudaDevice
from streamdesnow.errors import EngineFailed

__all__ = ["HostCuda"]


class HostCuda:
    """See `Cuda`. Work is done when it is queued; addresses are real ones of this process.

    Attributes:
        copied: bytes copied so far.
        replayed: how many recordings were replayed.
        held: addresses of allocations, streams and recordings that nobody has given back.
    """

    def __init__(self, capability: tuple[int, int] = (8, 9)) -> None:
        self.copied = 0
        self.replayed = 0
        self.held: set[int] = set()
        self._capability = capability
        self._blocks: dict[int, NDArray[np.uint8]] = {}
        self._recordings: dict[int, list[Callable[[], None]]] = {}
        self._recorder: list[Callable[[], None]] | None = None
        self._numbers = itertools.count(1)

    @property
    def device(self) -> CudaDevice:
        """What it stands for."""
        return CudaDevice("plain memory", self._capability, "0")

    def enter(self) -> None:
        """Every thread may."""

    def allocate(self, count: int) -> int:
        """Filled with a pattern, as fresh memory of a GPU is not empty either."""
        block = np.full(max(1, count), 0xA5, np.uint8)
        self._blocks[block.ctypes.data] = block
        self.held.add(block.ctypes.data)
        return block.ctypes.data

    def free(self, address: int) -> None:
        """Give it back; an unknown address is an error."""
        del self._blocks[address]
        self.held.remove(address)

    def pinned(self, shape: tuple[int, ...]) -> NDArray[np.uint8]:
        """A view of a block."""
        count = int(np.prod(shape))
        return self._blocks[self.allocate(count)][:count].reshape(shape)

    def unpin(self, array: NDArray[np.uint8]) -> None:
        """Give it back."""
        self.free(array.ctypes.data)

    def new_stream(self) -> int:
        """A number."""
        return self._number()

    def drop_stream(self, stream: int) -> None:
        """Give it back."""
        self.held.remove(stream)

    def copy(self, target: int, source: int, count: int, stream: int) -> None:
        """Now, or as part of a recording."""

        def work() -> None:
            self.copied += count
            ctypes.memmove(target, source, count)

        self.do(work)

    def zero(self, target: int, count: int, stream: int) -> None:
        """Now, or as part of a recording."""

        def work() -> None:
            ctypes.memset(target, 0, count)

        self.do(work)

    def wait(self, stream: int) -> None:
        """Everything is done already."""

    def do(self, work: Callable[[], None]) -> None:
        """What else a library would queue: at once, or into the recording."""
        if self._recorder is None:
            work()
        else:
            self._recorder.append(work)

    def record(self, work: Callable[[], None], stream: int) -> int:
        """Note what `work` does by way of `copy`, `zero` and `do`."""
        if self._recorder is not None:
            raise EngineFailed("recordings cannot be nested")
        recorder: list[Callable[[], None]] = []
        self._recorder = recorder
        try:
            work()
        finally:
            self._recorder = None
        number = self._number()
        self._recordings[number] = recorder
        return number

    def replay(self, recording: int, stream: int) -> None:
        """Do it all."""
        self.replayed += 1
        for step in self._recordings[recording]:
            step()

    def drop_recording(self, recording: int) -> None:
        """Give it back."""
        del self._recordings[recording]
        self.held.remove(recording)

    def _number(self) -> int:
        number = next(self._numbers)
        self.held.add(number)
        return number
