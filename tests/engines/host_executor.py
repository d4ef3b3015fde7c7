"""Stands in for TensorRT where there is no GPU: onnxruntime runs the prepared network at given addresses."""

from __future__ import annotations

import ctypes
import math
from collections.abc import Mapping

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from streamdesnow.engines.host_cuda import HostCuda
from streamdesnow.engines.tensorrt.executor import Run
from streamdesnow.engines.tensorrt.library import Library
from streamdesnow.engines.tensorrt.prepare import Precision, prepare
from streamdesnow.errors import EngineFailed
from streamdesnow.models import ModelFolder

__all__ = ["HostExecutors"]


class HostExecutors:
    """Loads "engines" for `HostCuda`: call it as `PlanExecutor` is called.

    Attributes:
        plans: every plan it was given.
        given: what it was given of what was learnt before.
        refuse: how many of the next plans it refuses.
        recordable: whether its work may be recorded.
    """

    def __init__(self, cuda: HostCuda, model: ModelFolder, precision: Precision = "fp32") -> None:
        self.plans: list[bytes] = []
        self.given: list[bytes] = []
        self.refuse = 0
        self.recordable = True
        self._cuda = cuda
        self._model = model
        options = onnxruntime.SessionOptions()
        options.log_severity_level = 4
        self._session = onnxruntime.InferenceSession(
            prepare(model, precision), options, providers=["CPUExecutionProvider"]
        )

    def __call__(self, library: Library, plan: bytes, learnt: bytes) -> HostExecutors:
        self.plans.append(plan)
        self.given.append(learnt)
        if self.refuse:
            self.refuse -= 1
            raise EngineFailed("this engine was built for another GPU")
        return self

    def new_run(self, shapes: Mapping[str, tuple[int, ...]], profile: int, stream: int) -> Run:
        assert profile == (0 if shapes[self._model.card.input.name][0] == 1 else 1)
        return _HostRun(self, shapes)

    def learnt(self) -> bytes:
        return b"compiled"

    def run(self, shapes: Mapping[str, tuple[int, ...]], addresses: Mapping[str, int]) -> None:
        card = self._model.card
        types = {card.input.name: "uint8"} | {state.input: state.dtype for state in card.states}
        inputs = {name: _at(addresses[name], shape, types[name]) for name, shape in shapes.items()}
        names = [card.output.name, *(state.output for state in card.states)]
        for name, result in zip(names, self._session.run(names, inputs), strict=True):
            ctypes.memmove(addresses[name], np.ascontiguousarray(result).ctypes.data, result.nbytes)

    def queue(self, shapes: Mapping[str, tuple[int, ...]], addresses: Mapping[str, int]) -> None:
        fixed = dict(addresses)
        self._cuda.do(lambda: self.run(shapes, fixed))


class _HostRun:
    def __init__(self, executors: HostExecutors, shapes: Mapping[str, tuple[int, ...]]) -> None:
        self._executors = executors
        self._shapes = shapes

    @property
    def recordable(self) -> bool:
        return self._executors.recordable

    def enqueue(self, addresses: Mapping[str, int], stream: int) -> None:
        self._executors.queue(self._shapes, addresses)


def _at(address: int, shape: tuple[int, ...], dtype: str) -> NDArray[np.generic]:
    count = math.prod(shape) * np.dtype(dtype).itemsize
    raw = (ctypes.c_uint8 * count).from_address(address)
    return np.frombuffer(raw, dtype).reshape(shape)
