"""The seam to the library that runs an engine, and that library behind it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Protocol

from streamdesnow.engines.tensorrt.library import Library
from streamdesnow.errors import EngineFailed

__all__ = ["Executor", "ExecutorFactory", "PlanExecutor", "Run"]


class Run(Protocol):
    """One execution context: an engine's activations, for one slab of cameras."""

    @property
    def recordable(self) -> bool:
        """Whether what `enqueue` queues may be recorded as a CUDA graph."""
        ...

    def enqueue(self, addresses: Mapping[str, int], stream: int) -> None:
        """Queue the network with these inputs and outputs.

        Raises:
            EngineFailed: the library refuses.
        """
        ...


class Executor(Protocol):
    """An engine, loaded."""

    def new_run(self, shapes: Mapping[str, tuple[int, ...]], profile: int, stream: int) -> Run:
        """A context for inputs of these shapes, which are within the profile of that number."""
        ...

    def learnt(self) -> bytes:
        """What was compiled while running, to be given to the next executor; empty if nothing is."""
        ...


ExecutorFactory = Callable[[Library, bytes, bytes], Executor]
"""From a library, a plan, and what was learnt before."""


class PlanExecutor:
    """See `Executor`.

    Args:
        library: what the plan was built with.
        plan: the engine, serialised.
        learnt: what an executor learnt before; only TensorRT for RTX compiles while running.

    Raises:
        EngineFailed: the library does not take this plan: another version, another GPU, damage.
    """

    def __init__(self, library: Library, plan: bytes, learnt: bytes = b"") -> None:
        self._library = library
        trt = library.module
        self._runtime = trt.Runtime(library.logger)
        self._engine = self._runtime.deserialize_cuda_engine(plan)
        if self._engine is None:
            raise EngineFailed(
                f"{library.name} {library.version} cannot load the engine: {library.failure()}"
            )
        self._config: Any = None
        self._kernels: Any = None
        if hasattr(trt, "DynamicShapesKernelSpecializationStrategy"):
            self._config = self._engine.create_runtime_config()
            # Not lazily: a graph recorded meanwhile would keep the slower kernels that stand in.
            eager = trt.DynamicShapesKernelSpecializationStrategy.EAGER
            self._config.dynamic_shapes_kernel_specialization_strategy = eager
            self._kernels = self._config.create_runtime_cache()
            if learnt:
                self._kernels.deserialize(learnt)  # what is not its own it leaves alone
            self._config.set_runtime_cache(self._kernels)

    def new_run(self, shapes: Mapping[str, tuple[int, ...]], profile: int, stream: int) -> Run:
        """See `Executor.new_run`."""
        if self._config is None:
            context = self._engine.create_execution_context()
        else:
            context = self._engine.create_execution_context(self._config)
        if context is None:
            raise EngineFailed(f"{self._library.name} has no room to run: {self._library.failure()}")
        taken = context.set_optimization_profile_async(profile, stream)
        for name, shape in shapes.items():
            taken = taken and context.set_input_shape(name, shape)
        if not taken:
            raise EngineFailed(f"{self._library.name} refuses these shapes: {self._library.failure()}")
        return _ContextRun(self._library, context, stream)

    def learnt(self) -> bytes:
        """See `Executor.learnt`."""
        return b"" if self._kernels is None else bytes(self._kernels.serialize())


class _ContextRun:
    def __init__(self, library: Library, context: Any, stream: int) -> None:
        self._library = library
        self._context = context
        self._stream = stream

    @property
    def recordable(self) -> bool:
        ask = getattr(self._context, "is_stream_capturable", None)
        return ask is None or bool(ask(self._stream))

    def enqueue(self, addresses: Mapping[str, int], stream: int) -> None:
        for name, address in addresses.items():
            self._context.set_tensor_address(name, address)
        if not self._context.execute_async_v3(stream):
            raise EngineFailed(f"{self._library.name} failed: {self._library.failure()}")
