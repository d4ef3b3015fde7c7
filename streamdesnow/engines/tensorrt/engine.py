"""Networks on TensorRT or TensorRT for RTX, by their own interface."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from streamdesnow.config.engine import EngineConfig
from streamdesnow.engines.cuda import Cuda, open_cuda
from streamdesnow.engines.engine import EngineInfo, State
from streamdesnow.engines.network import common_size
from streamdesnow.engines.providers import MAX_BATCH
from streamdesnow.engines.slabs import Assignment, CameraMemory, SlabPool, groups_of
from streamdesnow.engines.tensorrt.executor import Executor, ExecutorFactory, PlanExecutor
from streamdesnow.engines.tensorrt.lane import Lane
from streamdesnow.engines.tensorrt.library import LibraryName, load_library
from streamdesnow.engines.tensorrt.plans import Plans
from streamdesnow.errors import EngineFailed
from streamdesnow.frame import Image
from streamdesnow.models.folder import ModelFolder

__all__ = ["TensorRtEngine"]


class TensorRtEngine:
    """One model on one of the two libraries; see `Engine`.

    An engine is built for each frame size when its first frame comes, unless it was built ahead of time;
    cameras' memories stay on the GPU.

    Args:
        name: of the library.
        cuda: opens the GPU; tests pass their own.
        execute: loads engines; tests pass their own.
        batch: the most frames in one call.
    """

    def __init__(
        self,
        model: ModelFolder,
        config: EngineConfig,
        name: LibraryName,
        *,
        cuda: Callable[[int], Cuda] = open_cuda,
        execute: ExecutorFactory = PlanExecutor,
        batch: int = MAX_BATCH,
    ) -> None:
        self._model = model
        self._config = config
        self._name: LibraryName = name
        self._open_cuda = cuda
        self._execute = execute
        self._batch = batch
        self._opened: tuple[Cuda, Plans, EngineInfo] | None = None
        self._executors: dict[tuple[int, int], Executor] = {}
        self._slabs = SlabPool(self._new_lane, Lane.close)

    @property
    def info(self) -> EngineInfo:
        """What runs the network."""
        return self._parts()[2]

    def open(self) -> None:
        """See that library, GPU and network go together; see `Engine.open`."""
        library = load_library(self._name)
        cuda = self._open_cuda(self._config.device)
        cuda.enter()
        device = cuda.device
        library.check_device(device)
        plans = Plans(library, self._model, self._config, device, self._batch)
        plans.check()
        info = EngineInfo(self._name, device.name, plans.precision, library.version)
        self._opened = cuda, plans, info

    def zero_state(self, width: int, height: int) -> CameraMemory:
        """A memory that remembers nothing; takes no room before the first frame."""
        return CameraMemory((width, height))

    def infer(self, images: Sequence[Image], states: Sequence[State]) -> list[Image]:
        """Clean one frame each of several cameras; see `Engine.infer`."""
        size = common_size(images, states)
        cuda, _, _ = self._parts()
        cuda.enter()
        memories = [state for state in states if isinstance(state, CameraMemory)]
        groups = groups_of(memories, self._batch)
        assigned = self._slabs.assign([[memories[number] for number in group] for group in groups], size)
        try:
            return self._run(images, groups, assigned)
        except Exception:
            # Rows may have been given away and not copied.
            self._slabs.forget(memories)
            raise

    def close(self) -> None:
        """Free the network and its memory, and keep what was learnt."""
        if self._opened is None:
            return
        cuda, plans, _ = self._opened
        cuda.enter()
        self._slabs.clear()
        for size, executor in self._executors.items():
            plans.keep(size, executor)
        self._executors.clear()
        self._opened = None

    @staticmethod
    def _run(
        images: Sequence[Image], groups: Sequence[Sequence[int]], assigned: Sequence[Assignment[Lane]]
    ) -> list[Image]:
        # All are begun before the first is waited for: their copies and networks overlap.
        for group, assignment in zip(groups, assigned, strict=True):
            slab = assignment.slab
            slab.buffers.move(assignment.moves, slab.phase)
            slab.buffers.begin([images[number] for number in group], slab.phase)
        clean: dict[int, Image] = {}
        for group, assignment in zip(groups, assigned, strict=True):
            clean.update(zip(group, assignment.slab.buffers.finish(), strict=True))
            assignment.slab.phase = 1 - assignment.slab.phase
        return [clean[number] for number in range(len(images))]

    def _new_lane(self, batch: int, size: tuple[int, int]) -> Lane:
        cuda, plans, _ = self._parts()
        if size not in self._executors:
            self._executors[size] = plans.executor(size, self._execute)
        return Lane(cuda, self._executors[size], self._model, batch, size)

    def _parts(self) -> tuple[Cuda, Plans, EngineInfo]:
        if self._opened is None:
            raise EngineFailed("the engine is not open")
        return self._opened
