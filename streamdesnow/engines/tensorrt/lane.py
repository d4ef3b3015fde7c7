"""What a slab of cameras runs on: a stream, a context, buffers on both sides, recorded work."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from contextlib import ExitStack

import numpy as np
from numpy.typing import NDArray

from streamdesnow.engines.cuda import Cuda
from streamdesnow.engines.network import state_row_bytes, state_shapes
from streamdesnow.engines.slabs import Move
from streamdesnow.engines.tensorrt.executor import Executor
from streamdesnow.engines.tensorrt.profiles import profile_for
from streamdesnow.errors import EngineFailed
from streamdesnow.frame import Image
from streamdesnow.models.folder import ModelFolder

__all__ = ["Lane"]

_log = logging.getLogger(__name__)


class Lane:
    """Buffers of a `Slab`, and the work that is done on them.

    Lanes have streams of their own: while one computes, frames of the next are copied to the device and those
    of the one before back. Frames cross by way of pinned memory.

    Recorded work is tied to addresses, and memory is read and written in turns: so there are two recordings,
    made when the second and third call come, as the first prepares what must not be recorded.

    Raises:
        EngineFailed: the device has no room; what was taken until then is given back.
    """

    def __init__(
        self, cuda: Cuda, executor: Executor, model: ModelFolder, batch: int, size: tuple[int, int]
    ) -> None:
        self._cuda = cuda
        self._card = model.card
        width, height = size
        frame = (batch, height, width, 3)
        states = state_shapes(model, batch=batch, width=width, height=height)
        self._rows = state_row_bytes(model, width, height)
        names = (state.input for state in model.card.states)
        shapes = {model.card.input.name: frame, **dict(zip(names, states, strict=True))}
        with ExitStack() as taken:
            self._stream = cuda.new_stream()
            taken.callback(cuda.drop_stream, self._stream)
            self._run = executor.new_run(shapes, profile_for(batch), self._stream)
            self._given, self._result = (self._pinned(frame, taken) for _ in range(2))
            self._frame, self._clean = (self._allocated(self._given.nbytes, taken) for _ in range(2))
            self._sets = [[self._allocated(batch * row, taken) for row in self._rows] for _ in range(2)]
            self._taken = taken.pop_all()
        self._recordings: dict[int, int] = {}
        self._warm = False
        self._recordable = self._run.recordable

    def move(self, moves: Sequence[Move[Lane]], phase: int) -> None:
        """Queue the copying of rows from other lanes into the set that is read next."""
        for move in moves:
            for number, count in enumerate(self._rows):
                target = self._sets[phase][number] + move.row * count
                if move.source is None:
                    self._cuda.zero(target, count, self._stream)
                else:
                    other = move.source
                    source = other.buffers._sets[other.phase][number] + move.source_row * count
                    self._cuda.copy(target, source, count, self._stream)

    def begin(self, images: Sequence[Image], phase: int) -> None:
        """Queue everything that cleans these frames: in, network, out.

        Raises:
            EngineFailed: the library or CUDA refuses.
        """
        for row, image in enumerate(images):
            self._given[row] = image
        if self._recordable and self._warm and phase not in self._recordings:
            self._record(phase)
        if phase in self._recordings:
            self._cuda.replay(self._recordings[phase], self._stream)
        else:
            self._enqueue(phase)
            self._warm = True

    def finish(self) -> list[Image]:
        """Wait, and take the clean frames out."""
        self._cuda.wait(self._stream)
        return [np.array(row) for row in self._result]

    def close(self) -> None:
        """Give everything back."""
        self._cuda.wait(self._stream)
        for recording in self._recordings.values():
            self._cuda.drop_recording(recording)
        self._taken.close()

    def _pinned(self, shape: tuple[int, ...], taken: ExitStack) -> NDArray[np.uint8]:
        array = self._cuda.pinned(shape)
        taken.callback(self._cuda.unpin, array)
        return array

    def _allocated(self, count: int, taken: ExitStack) -> int:
        address = self._cuda.allocate(count)
        taken.callback(self._cuda.free, address)
        return address

    def _record(self, phase: int) -> None:
        try:
            self._recordings[phase] = self._cuda.record(lambda: self._enqueue(phase), self._stream)
        except EngineFailed as error:
            self._recordable = False
            _log.info(
                "work is not recorded as a CUDA graph (%s): it runs all the same, a little slower", error
            )

    def _enqueue(self, phase: int) -> None:
        cuda, stream = self._cuda, self._stream
        cuda.copy(self._frame, _address(self._given), self._given.nbytes, stream)
        self._run.enqueue(self._addresses(phase), stream)
        cuda.copy(_address(self._result), self._clean, self._result.nbytes, stream)

    def _addresses(self, phase: int) -> dict[str, int]:
        addresses = {self._card.input.name: self._frame, self._card.output.name: self._clean}
        read, write = self._sets[phase], self._sets[1 - phase]
        for state, source, target in zip(self._card.states, read, write, strict=True):
            addresses |= {state.input: source, state.output: target}
        return addresses


def _address(array: NDArray[np.uint8]) -> int:
    return array.ctypes.data
