"""Networks on onnxruntime: CPU, CUDA and TensorRT.

Inputs and outputs are bound to buffers, so nothing is copied but the pixels of a GPU's frames: memory stays
where the network runs, in slabs of two sets of buffers that change places after each frame. When other
cameras come together than before, their rows are copied from one place of the device to another.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Any

import numpy as np

from streamdesnow.config.engine import EngineConfig
from streamdesnow.engines.cuda import Cuda, open_cuda
from streamdesnow.engines.engine import EngineInfo, State
from streamdesnow.engines.host_cuda import HostCuda
from streamdesnow.engines.network import check_names, common_size, state_row_bytes, state_shapes
from streamdesnow.engines.ort_session import import_onnxruntime, new_session
from streamdesnow.engines.providers import (
    MAX_BATCH,
    PROVIDER_NAMES,
    Provider,
    provider_precision,
    providers,
)
from streamdesnow.engines.slabs import Assignment, CameraMemory, Slab, SlabPool, groups_of
from streamdesnow.errors import EngineFailed
from streamdesnow.frame import Image
from streamdesnow.models.folder import ModelFolder

__all__ = ["OnnxRuntimeEngine"]

_log = logging.getLogger(__name__)

_Buffers = tuple[list[Any], list[Any]]
"""The memory of a batch of cameras as OrtValues: two sets, one to read and one to write."""


class OnnxRuntimeEngine:
    """One model on one of onnxruntime's execution providers; see `Engine`.

    Args:
        batch: the most frames in one call. Default: `MAX_BATCH` on a GPU; one on a CPU, where a batch is no
            faster and would have to be put together by copying.
    """

    def __init__(
        self, model: ModelFolder, config: EngineConfig, provider: Provider, batch: int | None = None
    ) -> None:
        self._model = model
        self._config = config
        self._provider = provider
        self._batch = batch or (1 if provider == "cpu" else MAX_BATCH)
        self._network = model.onnx
        self._runtime: Any = None
        self._sessions: dict[tuple[int, int] | None, Any] = {}
        self._info: EngineInfo | None = None
        self._cuda: Cuda = HostCuda()
        self._slabs = SlabPool(self._new_buffers)

    @property
    def info(self) -> EngineInfo:
        """What runs the network."""
        if self._info is None:
            raise EngineFailed("the engine is not open")
        return self._info

    def open(self) -> None:
        """Load the network; see `Engine.open`."""
        causal = self._model.card.kind == "causal"
        precision = provider_precision(
            self._provider, self._config.precision, causal=causal, quantised=self._model.int8 is not None
        )
        self._network = self._model.network(precision)
        self._runtime = import_onnxruntime(PROVIDER_NAMES[self._provider])
        multiple = self._model.card.side_multiple
        session = self._session((multiple, multiple))
        check_names(
            self._model,
            (tensor.name for tensor in session.get_inputs()),
            (tensor.name for tensor in session.get_outputs()),
        )
        if self._provider != "cpu":
            self._cuda = open_cuda(self._config.device)
        self._info = EngineInfo(
            "onnxruntime", PROVIDER_NAMES[self._provider], precision, self._runtime.__version__
        )

    def zero_state(self, width: int, height: int) -> CameraMemory:
        """A memory that remembers nothing; takes no room before the first frame."""
        return CameraMemory((width, height))

    def infer(self, images: Sequence[Image], states: Sequence[State]) -> list[Image]:
        """Clean one frame each of several cameras; see `Engine.infer`."""
        size = common_size(images, states)
        memories = [state for state in states if isinstance(state, CameraMemory)]
        clean: dict[int, Image] = {}
        for numbers in groups_of(memories, self._batch):
            together = [memories[number] for number in numbers]
            (assignment,) = self._slabs.assign([together], size)
            try:
                self._move(assignment, size)
            except Exception:
                # Rows were given away and not copied.
                self._slabs.forget(together)
                raise
            results = self._call([images[number] for number in numbers], assignment.slab, size)
            clean.update(zip(numbers, results, strict=True))
        return [clean[number] for number in range(len(images))]

    def close(self) -> None:
        """Free the network."""
        self._slabs.clear()
        self._sessions.clear()

    def _call(self, images: Sequence[Image], slab: Slab[_Buffers], size: tuple[int, int]) -> list[Image]:
        frames = images[0][None] if len(images) == 1 else np.stack(images)
        clean = np.empty(frames.shape, np.uint8)
        session = self._session(size)
        binding = session.io_binding()
        value = self._runtime.OrtValue.ortvalue_from_numpy
        binding.bind_ortvalue_input(self._model.card.input.name, value(np.ascontiguousarray(frames)))
        binding.bind_ortvalue_output(self._model.card.output.name, value(clean))
        sets = slab.buffers[slab.phase], slab.buffers[1 - slab.phase]
        for spec, read, write in zip(self._model.card.states, *sets, strict=True):
            binding.bind_ortvalue_input(spec.input, read)
            binding.bind_ortvalue_output(spec.output, write)
        try:
            session.run_with_iobinding(binding)
        except Exception as error:
            raise EngineFailed(f"onnxruntime failed on a {size[0]}x{size[1]} frame: {error}") from error
        slab.phase = 1 - slab.phase
        return list(clean)

    def _move(self, assignment: Assignment[_Buffers], size: tuple[int, int]) -> None:
        """Copy the rows that the assignment wants elsewhere, on the device."""
        if not assignment.moves or not self._model.card.states:
            return
        self._cuda.enter()
        stream = self._cuda.new_stream()
        try:
            target = assignment.slab
            for number, count in enumerate(state_row_bytes(self._model, *size)):
                to = target.buffers[target.phase][number].data_ptr()
                for move in assignment.moves:
                    if move.source is None:
                        self._cuda.zero(to + move.row * count, count, stream)
                        continue
                    source = move.source.buffers[move.source.phase][number].data_ptr()
                    self._cuda.copy(to + move.row * count, source + move.source_row * count, count, stream)
            self._cuda.wait(stream)
        finally:
            self._cuda.drop_stream(stream)

    def _new_buffers(self, batch: int, size: tuple[int, int]) -> _Buffers:
        place = ("cpu", 0) if self._provider == "cpu" else ("cuda", self._config.device)
        shapes = state_shapes(self._model, batch=batch, width=size[0], height=size[1])
        specs = self._model.card.states
        make = self._runtime.OrtValue.ortvalue_from_shape_and_type
        one, other = (
            [
                make(list(shape), np.dtype(spec.dtype), *place)
                for shape, spec in zip(shapes, specs, strict=True)
            ]
            for _ in range(2)
        )
        return one, other

    def _session(self, size: tuple[int, int]) -> Any:
        # TensorRT builds for one size; the other providers take frames of any.
        key = size if self._provider == "tensorrt" else None
        if key not in self._sessions:
            if key is not None and self._info is not None:
                _log.info("TensorRT prepares for %dx%d: minutes the first time, seconds later", *size)
            self._sessions[key] = self._new_session(size)
        return self._sessions[key]

    def _new_session(self, size: tuple[int, int]) -> Any:
        chosen = providers(self._provider, self._model, self._config, self._runtime.__version__, size)
        return new_session(self._runtime, self._network, chosen, self._config.threads)
