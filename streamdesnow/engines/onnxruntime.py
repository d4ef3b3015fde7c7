"""Networks on onnxruntime: CPU, CUDA and TensorRT.

Inputs and outputs are bound to buffers, so nothing is copied but the pixels of a GPU's frames: memory stays
where the network runs, in two sets of buffers that change places after each frame.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from streamdesnow.config.engine import EngineConfig
from streamdesnow.engines.engine import EngineInfo, State
from streamdesnow.engines.network import check_names, common_size, state_shapes
from streamdesnow.engines.providers import (
    MAX_BATCH,
    PROVIDER_NAMES,
    Provider,
    provider_precision,
    providers,
)
from streamdesnow.errors import EngineFailed, EngineUnavailable, ModelCorrupt
from streamdesnow.frame import Image
from streamdesnow.models.folder import ModelFolder

__all__ = ["OnnxRuntimeEngine"]

_log = logging.getLogger(__name__)

_EXTRAS = {"cpu": "cpu", "cuda": "gpu", "tensorrt": "gpu"}


@dataclass(slots=True, eq=False)
class _Buffers:
    """The memory of a batch of cameras: what the next call reads, and where it writes."""

    read: list[Any]
    write: list[Any]
    batch: int


@dataclass(slots=True, eq=False)
class _CameraMemory:
    """One camera's row in the buffers that the last call left; None before the first."""

    size: tuple[int, int]
    buffers: _Buffers | None = None
    row: int = 0


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
        self._runtime: Any = None
        self._sessions: dict[tuple[int, int] | None, Any] = {}
        self._info: EngineInfo | None = None

    @property
    def info(self) -> EngineInfo:
        """What runs the network."""
        if self._info is None:
            raise EngineFailed("the engine is not open")
        return self._info

    def open(self) -> None:
        """Load the network; see `Engine.open`."""
        causal = self._model.card.kind == "causal"
        precision = provider_precision(self._provider, self._config.precision, causal=causal)
        self._runtime = _import_runtime(self._provider)
        multiple = self._model.card.side_multiple
        session = self._session((multiple, multiple))
        check_names(
            self._model,
            (tensor.name for tensor in session.get_inputs()),
            (tensor.name for tensor in session.get_outputs()),
        )
        self._info = EngineInfo(
            "onnxruntime", PROVIDER_NAMES[self._provider], precision, self._runtime.__version__
        )

    def zero_state(self, width: int, height: int) -> _CameraMemory:
        """A memory that remembers nothing; takes no room before the first frame."""
        return _CameraMemory((width, height))

    def infer(self, images: Sequence[Image], states: Sequence[State]) -> list[Image]:
        """Clean one frame each of several cameras; see `Engine.infer`."""
        size = common_size(images, states)
        memories = [state for state in states if isinstance(state, _CameraMemory)]
        clean: list[Image] = []
        for start in range(0, len(images), self._batch):
            part = slice(start, start + self._batch)
            clean += self._call(images[part], memories[part], size)
        return clean

    def close(self) -> None:
        """Free the network."""
        self._sessions.clear()

    def _call(
        self, images: Sequence[Image], memories: Sequence[_CameraMemory], size: tuple[int, int]
    ) -> list[Image]:
        frames = images[0][None] if len(images) == 1 else np.stack(images)
        clean = np.empty(frames.shape, np.uint8)
        buffers = self._gather(memories, size)
        session = self._session(size)
        binding = session.io_binding()
        value = self._runtime.OrtValue.ortvalue_from_numpy
        binding.bind_ortvalue_input(self._model.card.input.name, value(np.ascontiguousarray(frames)))
        binding.bind_ortvalue_output(self._model.card.output.name, value(clean))
        for spec, read, write in zip(self._model.card.states, buffers.read, buffers.write, strict=True):
            binding.bind_ortvalue_input(spec.input, read)
            binding.bind_ortvalue_output(spec.output, write)
        try:
            session.run_with_iobinding(binding)
        except Exception as error:
            raise EngineFailed(f"onnxruntime failed on a {size[0]}x{size[1]} frame: {error}") from error
        buffers.read, buffers.write = buffers.write, buffers.read
        for row, memory in enumerate(memories):
            memory.buffers, memory.row = buffers, row
        return list(clean)

    def _gather(self, memories: Sequence[_CameraMemory], size: tuple[int, int]) -> _Buffers:
        """The buffers to read from: those of the last call where it had the same cameras, else new ones."""
        first = memories[0].buffers
        if first is not None and len(memories) == first.batch:
            same = all(memory.buffers is first and memory.row == row for row, memory in enumerate(memories))
            if same:
                return first
        shapes = state_shapes(self._model, batch=len(memories), width=size[0], height=size[1])
        specs = self._model.card.states
        read = [np.zeros(shape, spec.dtype) for shape, spec in zip(shapes, specs, strict=True)]
        for buffers in {memory.buffers for memory in memories if memory.buffers is not None}:
            rows = [(row, memory.row) for row, memory in enumerate(memories) if memory.buffers is buffers]
            for target, source in zip(read, buffers.read, strict=True):
                target[[row for row, _ in rows]] = source.numpy()[[row for _, row in rows]]
        return _Buffers(
            [self._on_device(array) for array in read],
            [self._on_device(np.empty_like(array)) for array in read],
            len(memories),
        )

    def _on_device(self, array: np.ndarray[Any, Any]) -> Any:
        place = ("cpu", 0) if self._provider == "cpu" else ("cuda", self._config.device)
        return self._runtime.OrtValue.ortvalue_from_numpy(array, *place)

    def _session(self, size: tuple[int, int]) -> Any:
        # TensorRT builds for one size; the other providers take frames of any.
        key = size if self._provider == "tensorrt" else None
        if key not in self._sessions:
            if key is not None and self._info is not None:
                _log.info("TensorRT prepares for %dx%d: minutes the first time, seconds later", *size)
            self._sessions[key] = self._new_session(size)
        return self._sessions[key]

    def _new_session(self, size: tuple[int, int]) -> Any:
        options = self._runtime.SessionOptions()
        options.log_severity_level = 4
        # Threads that spin between frames take the cores from decoder and encoder.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        if self._config.threads is not None:
            options.intra_op_num_threads = self._config.threads
        chosen = providers(self._provider, self._model, self._config, self._runtime.__version__, size)
        try:
            session = self._runtime.InferenceSession(str(self._model.onnx), options, providers=chosen)
        except Exception as error:
            if self._provider == "cpu":
                raise ModelCorrupt(f"{self._model.onnx}: onnxruntime cannot read it: {error}") from error
            raise EngineUnavailable(f"onnxruntime cannot use {chosen[0][0]}: {error}") from error
        # onnxruntime goes on without a provider that it cannot load, and only prints so.
        if session.get_providers()[0] != chosen[0][0]:
            raise EngineUnavailable(
                f"onnxruntime cannot load {chosen[0][0]}: CUDA or TensorRT libraries missing"
            )
        return session


def _import_runtime(provider: Provider) -> Any:
    install = f'pip install "streamdesnow[{_EXTRAS[provider]}]"'
    try:
        import onnxruntime
    except ImportError as error:
        raise EngineUnavailable(f"onnxruntime is not installed ({error}): {install}") from error
    if PROVIDER_NAMES[provider] not in onnxruntime.get_available_providers():
        raise EngineUnavailable(
            f"onnxruntime {onnxruntime.__version__} was built without {PROVIDER_NAMES[provider]}: {install} "
            "in an environment without the cpu extra"
        )
    if provider != "cpu" and hasattr(onnxruntime, "preload_dlls"):
        onnxruntime.preload_dlls()  # finds CUDA and cuDNN in their own wheels
    return onnxruntime
