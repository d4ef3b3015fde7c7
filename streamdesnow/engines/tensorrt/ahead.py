"""Engines built before they are needed: on a build server without a GPU, or while no camera waits."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from streamdesnow.config.engine import EngineConfig
from streamdesnow.engines.cuda import Cuda, CudaDevice, open_cuda
from streamdesnow.engines.tensorrt.library import TURING, Library, LibraryName, load_library
from streamdesnow.engines.tensorrt.plans import Plans
from streamdesnow.errors import EngineUnavailable
from streamdesnow.models.folder import ModelFolder

__all__ = ["AheadEngine", "build_ahead"]

_ANY_TURING = CudaDevice("any Turing GPU", TURING, "any")


@dataclass(frozen=True, slots=True)
class AheadEngine:
    """An engine that is ready.

    Attributes:
        path: its file; found there by the engine `tensorrt` with the same cache folder.
        size: (width, height) of the frames it takes.
        library: what built it, with its version.
        gpu: what it runs on.
        seconds: that it took; next to nothing where it was there already.
    """

    path: Path
    size: tuple[int, int]
    library: str
    gpu: str
    seconds: float


def build_ahead(
    model: ModelFolder,
    config: EngineConfig,
    sizes: Sequence[tuple[int, int]],
    name: LibraryName | None = None,
    *,
    turing: bool = False,
    cuda: Callable[[int], Cuda] = open_cuda,
) -> Iterator[AheadEngine]:
    """Build an engine for each frame size that has none yet.

    Args:
        config: precision, number of the GPU, cache folder.
        sizes: (width, height), multiples of the model's side multiple.
        name: library to build with; None for the one that `engine: auto` would take: TensorRT where it is
            installed and there is a GPU, else TensorRT for RTX.
        turing: build for compute capability 7.5, wherever this runs; TensorRT for RTX only.
        cuda: opens the GPU; tests pass their own.

    Raises:
        EngineUnavailable: library, GPU or a folder to write to missing.
        EngineFailed: an engine cannot be built.
    """
    library, device = _library(name, config.device, cuda)
    if turing and not library.portable:
        raise EngineUnavailable("engines for another GPU than this machine's are built by tensorrt-rtx only")
    plans = Plans(library, model, config, _ANY_TURING if turing else device)
    for size in sizes:
        began = time.monotonic()
        plans.plan(size)
        key = plans.key(size)
        path = plans.folder.path / key.file_name
        if not path.is_file():
            raise EngineUnavailable(f"{path} cannot be written; give another folder")
        yield AheadEngine(path, size, f"{library.name} {library.version}", key.gpu, time.monotonic() - began)


def _library(
    name: LibraryName | None, number: int, cuda: Callable[[int], Cuda]
) -> tuple[Library, CudaDevice | None]:
    try:
        gpu = cuda(number)
        gpu.enter()
        device, missing = gpu.device, None
    except EngineUnavailable as error:
        device, missing = None, error
    if name is None and device is not None:
        try:
            name = "tensorrt"
            load_library(name)
        except EngineUnavailable:
            name = "tensorrt-rtx"
    library = load_library(name or "tensorrt-rtx")
    if missing is not None and not library.portable:
        raise EngineUnavailable(
            f"{library.name} builds on the GPU that it is to run on, tensorrt-rtx anywhere: {missing}"
        ) from missing
    return library, device
