"""Networks on PyTorch, for those who have it installed anyway: CPU or CUDA."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from streamdesnow.config.engine import EngineConfig
from streamdesnow.engines.engine import EngineInfo, State
from streamdesnow.engines.gpu import describe_gpu
from streamdesnow.engines.network import check_names, common_size, state_shapes
from streamdesnow.errors import EngineFailed, EngineUnavailable
from streamdesnow.frame import Image
from streamdesnow.models.folder import ModelFolder

if TYPE_CHECKING:
    from streamdesnow.engines.torch_graph import TorchGraph

__all__ = ["TorchEngine"]


@dataclass(slots=True, eq=False)
class _CameraMemory:
    """One camera's memory: tensors of batch 1; none before the first frame."""

    size: tuple[int, int]
    tensors: list[Any] = field(default_factory=list)


class TorchEngine:
    """One model on torch; see `Engine`.

    Precisions below fp32 are those of `torch.autocast`: convolutions narrow, the memory's sums stay float32.
    """

    def __init__(self, model: ModelFolder, config: EngineConfig, device: Literal["cpu", "cuda"]) -> None:
        self._model = model
        self._config = config
        self._kind = device
        self._torch: Any = None
        self._device: Any = None
        self._graph: TorchGraph | None = None
        self._info: EngineInfo | None = None

    @property
    def info(self) -> EngineInfo:
        """What runs the network."""
        if self._info is None:
            raise EngineFailed("the engine is not open")
        return self._info

    def open(self) -> None:
        """Load the network; see `Engine.open`."""
        if self._kind == "cuda" and describe_gpu(self._config.device) is None:
            raise EngineUnavailable(f"no NVIDIA GPU number {self._config.device}")
        try:
            import torch

            from streamdesnow.engines.torch_graph import TorchGraph
        except ImportError as error:
            raise EngineUnavailable(
                f'torch or onnx is not installed ({error}): pip install "streamdesnow[train]"'
            ) from error
        if self._kind == "cuda" and not torch.cuda.is_available():
            raise EngineUnavailable(f"torch {torch.__version__} cannot use CUDA on this machine")
        self._torch = torch
        self._device = torch.device("cpu" if self._kind == "cpu" else f"cuda:{self._config.device}")
        self._graph = TorchGraph(self._model.onnx, self._device)
        check_names(self._model, self._graph.inputs, self._graph.outputs)
        self._info = EngineInfo("torch", str(self._device), self._precision(), torch.__version__)

    def zero_state(self, width: int, height: int) -> _CameraMemory:
        """A memory that remembers nothing; takes no room before the first frame."""
        return _CameraMemory((width, height))

    def infer(self, images: Sequence[Image], states: Sequence[State]) -> list[Image]:
        """Clean one frame each of several cameras; see `Engine.infer`."""
        common_size(images, states)
        memories = [state for state in states if isinstance(state, _CameraMemory)]
        try:
            return self._call(images, memories)
        except RuntimeError as error:
            raise EngineFailed(f"torch failed on a frame: {error}") from error

    def close(self) -> None:
        """Free the network."""
        self._graph = None

    def _call(self, images: Sequence[Image], memories: Sequence[_CameraMemory]) -> list[Image]:
        if self._graph is None:
            raise EngineFailed("the engine is not open")
        card = self._model.card
        frames = self._torch.from_numpy(np.stack(images)).to(self._device)
        inputs = {card.input.name: frames}
        for number, spec in enumerate(card.states):
            inputs[spec.input] = self._torch.cat([self._tensor(memory, number) for memory in memories])
        with self._torch.inference_mode(), self._threads(), self._narrow():
            outputs = self._graph(inputs)
        clean = outputs[card.output.name].contiguous().cpu().numpy()
        kept = [outputs[spec.output].to(getattr(self._torch, spec.dtype)) for spec in card.states]
        for row, memory in enumerate(memories):
            memory.tensors = [tensor[row : row + 1] for tensor in kept]
        return list(clean)

    def _tensor(self, memory: _CameraMemory, number: int) -> Any:
        if memory.tensors:
            return memory.tensors[number]
        width, height = memory.size
        shape = state_shapes(self._model, batch=1, width=width, height=height)[number]
        dtype = getattr(self._torch, self._model.card.states[number].dtype)
        return self._torch.zeros(shape, dtype=dtype, device=self._device)

    @contextmanager
    def _threads(self) -> Iterator[None]:
        """torch knows one number of threads for the whole process: borrow it for the time of a call."""
        before = self._torch.get_num_threads()
        if self._config.threads is None or self._config.threads == before:
            yield
            return
        self._torch.set_num_threads(self._config.threads)
        try:
            yield
        finally:
            self._torch.set_num_threads(before)

    def _narrow(self) -> Any:
        precision = self.info.precision
        dtype = {"fp16": self._torch.float16}.get(precision, self._torch.bfloat16)
        return self._torch.autocast(self._kind, dtype=dtype, enabled=precision != "fp32")

    def _precision(self) -> str:
        if self._config.precision == "auto":
            return "fp16" if self._kind == "cuda" else "fp32"
        if self._kind == "cpu" and self._config.precision == "fp16":
            raise EngineUnavailable("torch on a CPU runs in fp32 or bf16, not in fp16")
        if self._config.precision == "int8":
            raise EngineUnavailable("torch runs no network in int8; OpenVINO and onnxruntime do")
        return self._config.precision
