"""Networks on OpenVINO, on the CPU: in eight bits where that is not seen, else bfloat16 where it is quick."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from streamdesnow.config.engine import EngineConfig
from streamdesnow.engines.engine import EngineInfo, State
from streamdesnow.engines.network import check_names, common_size, state_shapes
from streamdesnow.engines.processor import multiplies_int8
from streamdesnow.errors import EngineFailed, EngineUnavailable, ModelCorrupt
from streamdesnow.frame import Image
from streamdesnow.models.folder import ModelFolder

__all__ = ["OpenVinoEngine"]

_SIZES = 4
_PIXELS = 8_000_000
"""Frame sizes that stay compiled: always as many as `_SIZES`, more while together they have no more pixels
than this. Each holds the activations of its size, 200 bytes a pixel. Compiling takes 0.1 to 0.3 s, more on a
busy machine, which cameras of many sizes must not pay at every frame; a cache on disk would save less than it
costs to explain."""

_HINTS = {"fp32": "f32", "fp16": "f16", "bf16": "bf16"}


@dataclass(slots=True, eq=False)
class _CameraMemory:
    """One camera's memory: the tensors that the next frame reads, and those that it writes."""

    size: tuple[int, int]
    read: list[Any] = field(default_factory=list)
    write: list[Any] = field(default_factory=list)


class OpenVinoEngine:
    """One model on OpenVINO's CPU device; see `Engine`.

    Compiled for each frame size as it comes (4 to 10 % faster than one network for all sizes), and one frame
    at a time: a batch was no faster than its frames one by one.
    """

    def __init__(self, model: ModelFolder, config: EngineConfig) -> None:
        self._model = model
        self._config = config
        self._network = model.onnx
        self._openvino: Any = None
        self._core: Any = None
        self._requests: OrderedDict[tuple[int, int], Any] = OrderedDict()
        self._info: EngineInfo | None = None

    @property
    def info(self) -> EngineInfo:
        """What runs the network."""
        if self._info is None:
            raise EngineFailed("the engine is not open")
        return self._info

    def open(self) -> None:
        """Load the network; see `Engine.open`."""
        try:
            import openvino
        except ImportError as error:
            raise EngineUnavailable(
                f'openvino is not installed ({error}): pip install "streamdesnow[cpu]"'
            ) from error
        self._openvino = openvino
        self._core = openvino.Core()
        precision = self._precision()
        self._network = self._model.network(precision)
        network = self._read()
        check_names(self._model, *map(_names, (network.inputs, network.outputs)))
        version = openvino.get_version().split("-")[0]
        self._info = EngineInfo("openvino", "CPU", precision, version)

    def zero_state(self, width: int, height: int) -> _CameraMemory:
        """A memory that remembers nothing; takes no room before the first frame."""
        return _CameraMemory((width, height))

    def infer(self, images: Sequence[Image], states: Sequence[State]) -> list[Image]:
        """Clean one frame each of several cameras; see `Engine.infer`."""
        request = self._request(common_size(images, states))
        memories = [state for state in states if isinstance(state, _CameraMemory)]
        return [self._one(request, image, memory) for image, memory in zip(images, memories, strict=True)]

    def close(self) -> None:
        """Free the network."""
        self._requests.clear()
        self._core = None

    def _one(self, request: Any, image: Image, memory: _CameraMemory) -> Image:
        if not memory.read:
            self._fill(memory)
        card = self._model.card
        clean = np.empty(image.shape, np.uint8)
        # A frame is copied (0.2 ms at 720p): it may be read-only, or lie in memory lent for this call.
        request.get_tensor(card.input.name).data[0] = image
        # The rest are tensors over our own arrays, which OpenVINO reads and writes where they are.
        request.set_tensor(card.output.name, self._tensor(clean[None]))
        for spec, read, write in zip(card.states, memory.read, memory.write, strict=True):
            request.set_tensor(spec.input, read)
            request.set_tensor(spec.output, write)
        try:
            request.infer()
        except RuntimeError as error:
            raise EngineFailed(
                f"OpenVINO failed on a {memory.size[0]}x{memory.size[1]} frame: {error}"
            ) from error
        memory.read, memory.write = memory.write, memory.read
        return clean

    def _fill(self, memory: _CameraMemory) -> None:
        width, height = memory.size
        shapes = state_shapes(self._model, batch=1, width=width, height=height)
        for shape, spec in zip(shapes, self._model.card.states, strict=True):
            memory.read.append(self._tensor(np.zeros(shape, spec.dtype)))
            memory.write.append(self._tensor(np.zeros(shape, spec.dtype)))

    def _tensor(self, array: np.ndarray[Any, Any]) -> Any:
        return self._openvino.Tensor(array, shared_memory=True)

    def _request(self, size: tuple[int, int]) -> Any:
        if size in self._requests:
            self._requests.move_to_end(size)
            return self._requests[size]
        while len(self._requests) >= _SIZES and _pixels(*self._requests, size) > _PIXELS:
            self._requests.popitem(last=False)
        self._requests[size] = self._compile(size)
        return self._requests[size]

    def _compile(self, size: tuple[int, int]) -> Any:
        width, height = size
        card = self._model.card
        network = self._read()
        shapes = state_shapes(self._model, batch=1, width=width, height=height)
        inputs = {card.input.name: [1, height, width, 3]}
        inputs |= {spec.input: list(shape) for spec, shape in zip(card.states, shapes, strict=True)}
        options: dict[str, str | int] = {
            "PERFORMANCE_HINT": "LATENCY",
            "INFERENCE_PRECISION_HINT": _HINTS[self._float_precision(self.info.precision)],
        }
        if self._config.threads is not None:
            options["INFERENCE_NUM_THREADS"] = self._config.threads
        try:
            network.reshape(inputs)
            return self._core.compile_model(network, "CPU", options).create_infer_request()
        except RuntimeError as error:
            raise EngineFailed(
                f"OpenVINO cannot compile {self._network} for {width}x{height}: {error}"
            ) from error

    def _read(self) -> Any:
        try:
            return self._core.read_model(str(self._network))
        except RuntimeError as error:
            raise ModelCorrupt(f"{self._network}: OpenVINO cannot read it: {error}") from error

    def _precision(self) -> str:
        """What to run in: eight bits are quicker than bfloat16, and that is quicker than float32."""
        offered = self._offered()
        if self._config.precision == "auto":
            twin = self._model.card.int8
            if twin is not None and twin.unseen and multiplies_int8():
                return "int8"
            return "bf16" if "bf16" in offered else "fp32"
        if self._config.precision not in offered:
            raise EngineUnavailable(
                f"OpenVINO on this processor runs {self._model.name} in {', '.join(offered)}, "
                f"not in {self._config.precision}"
            )
        return self._config.precision

    def _offered(self) -> list[str]:
        capabilities = self._core.get_property("CPU", "OPTIMIZATION_CAPABILITIES")
        floats = [name for name in ("bf16", "fp16") if name.upper() in capabilities]
        return ["fp32", *floats, *(["int8"] if self._model.int8 is not None else [])]

    def _float_precision(self, precision: str) -> str:
        """What layers compute in that are not in eight bits.

        With bfloat16 the plugin narrows convolutions and what lies between them; a memory's own arithmetic,
        in front of them, stays float32.
        """
        if precision != "int8":
            return precision
        return "bf16" if "bf16" in self._offered() else "fp32"


def _names(ports: Sequence[Any]) -> list[str]:
    return [port.get_any_name() for port in ports]


def _pixels(*sizes: tuple[int, int]) -> int:
    return sum(width * height for width, height in sizes)
