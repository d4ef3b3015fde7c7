"""Networks on OpenVINO, on the CPU: in eight bits where that is not seen, else bfloat16 where it is quick."""

from __future__ import annotations

import os
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from streamdesnow.config.engine import EngineConfig
from streamdesnow.engines.engine import EngineInfo, State
from streamdesnow.engines.network import check_names, common_size, state_shapes
from streamdesnow.engines.openvino_network import compile_network, read_network
from streamdesnow.engines.openvino_precision import choose_precision
from streamdesnow.errors import EngineFailed, EngineUnavailable
from streamdesnow.frame import Image
from streamdesnow.models.folder import ModelFolder

__all__ = ["OpenVinoEngine"]

_SIZES = 4
_PIXELS = 8_000_000
"""Frame sizes that stay compiled: always as many as `_SIZES`, more while together they have no more pixels
than this. Each holds the activations of its size, 200 bytes a pixel. Compiling takes 0.1 to 0.3 s, more on a
busy machine, which cameras of many sizes must not pay at every frame; a cache on disk would save less than it
costs to explain."""

_Shape = tuple[int, int, int]
"""Width and height of frames, and how many of them run side by side."""


@dataclass(slots=True, eq=False)
class _CameraMemory:
    """One camera's memory: the tensors that the next frame reads, and those that it writes."""

    size: tuple[int, int]
    read: list[Any] = field(default_factory=list)
    write: list[Any] = field(default_factory=list)


class OpenVinoEngine:
    """One model on OpenVINO's CPU device; see `Engine`.

    Compiled for each frame size as it comes (4 to 10 % faster than one network for all sizes). Frames of
    several cameras run side by side on a share of the threads each, which takes 15 to 22 % less of the
    processor than one after the other on all of them; a batch in one tensor was no faster than that.
    """

    def __init__(self, model: ModelFolder, config: EngineConfig) -> None:
        self._model = model
        self._config = config
        self._network = model.onnx
        self._floats = "fp32"
        self._openvino: Any = None
        self._core: Any = None
        self._requests: OrderedDict[_Shape, list[Any]] = OrderedDict()
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
        precision, self._floats = choose_precision(self._core, self._model, self._config.precision)
        self._network = self._model.network(precision)
        network = read_network(self._core, self._network)
        check_names(self._model, *map(_names, (network.inputs, network.outputs)))
        version = openvino.get_version().split("-")[0]
        self._info = EngineInfo("openvino", "CPU", precision, version)

    def zero_state(self, width: int, height: int) -> _CameraMemory:
        """A memory that remembers nothing; takes no room before the first frame."""
        return _CameraMemory((width, height))

    def infer(self, images: Sequence[Image], states: Sequence[State]) -> list[Image]:
        """Clean one frame each of several cameras; see `Engine.infer`."""
        size = common_size(images, states)
        memories = [state for state in states if isinstance(state, _CameraMemory)]
        lanes = _power_of_two(min(len(images), self._threads()))
        requests = self._requests_of((*size, lanes))
        clean: list[Image] = []
        for start in range(0, len(images), lanes):
            part = slice(start, start + lanes)
            clean += self._side_by_side(requests, images[part], memories[part])
        return clean

    def close(self) -> None:
        """Free the network."""
        self._requests.clear()
        self._core = None

    def _side_by_side(
        self, requests: Sequence[Any], images: Sequence[Image], memories: Sequence[_CameraMemory]
    ) -> list[Image]:
        running = requests[: len(images)]
        clean = [
            self._prepare(request, image, memory)
            for request, image, memory in zip(running, images, memories, strict=True)
        ]
        for request in running:
            request.start_async()
        failures = [failure for failure in map(_awaited, running) if failure]
        if failures:
            width, height = memories[0].size
            raise EngineFailed(f"OpenVINO failed on a {width}x{height} frame: {failures[0]}")
        for memory in memories:
            memory.read, memory.write = memory.write, memory.read
        return clean

    def _prepare(self, request: Any, image: Image, memory: _CameraMemory) -> Image:
        """Hand a frame and its memory to a request; returns where the clean frame will be."""
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
        return clean

    def _fill(self, memory: _CameraMemory) -> None:
        width, height = memory.size
        shapes = state_shapes(self._model, batch=1, width=width, height=height)
        for shape, spec in zip(shapes, self._model.card.states, strict=True):
            memory.read.append(self._tensor(np.zeros(shape, spec.dtype)))
            memory.write.append(self._tensor(np.zeros(shape, spec.dtype)))

    def _tensor(self, array: np.ndarray[Any, Any]) -> Any:
        return self._openvino.Tensor(array, shared_memory=True)

    def _requests_of(self, shape: _Shape) -> list[Any]:
        if shape in self._requests:
            self._requests.move_to_end(shape)
            return self._requests[shape]
        while len(self._requests) >= _SIZES and _pixels(*self._requests, shape) > _PIXELS:
            self._requests.popitem(last=False)
        self._requests[shape] = self._compile(shape)
        return self._requests[shape]

    def _compile(self, shape: _Shape) -> list[Any]:
        width, height, lanes = shape
        # Lanes share the threads out; alone, a frame is best served by the plugin's own choice of cores.
        options: dict[str, str | int]
        options = {"PERFORMANCE_HINT": "LATENCY"} if lanes == 1 else {"NUM_STREAMS": lanes}
        if self._config.threads is not None:
            options["INFERENCE_NUM_THREADS"] = self._config.threads
        size = (width, height)
        compiled = compile_network(self._core, self._model, self._network, size, self._floats, **options)
        return [compiled.create_infer_request() for _ in range(lanes)]

    def _threads(self) -> int:
        return self._config.threads or len(os.sched_getaffinity(0))


def _names(ports: Sequence[Any]) -> list[str]:
    return [port.get_any_name() for port in ports]


def _awaited(request: Any) -> str:
    """Wait until a request is done; what went wrong, empty if nothing did."""
    try:
        request.wait()
    except RuntimeError as error:
        return str(error)
    return ""


def _power_of_two(most: int) -> int:
    """The largest power of two up to `most`: so that networks are compiled for few numbers of lanes."""
    return 1 << (max(1, most).bit_length() - 1)


def _pixels(*shapes: _Shape) -> int:
    return sum(width * height * lanes for width, height, lanes in shapes)
