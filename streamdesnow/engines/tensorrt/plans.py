"""Engines of one model: found on disk, or built and kept there."""

from __future__ import annotations

import logging
import time

from streamdesnow.config.engine import EngineConfig
from streamdesnow.engines.cuda import CudaDevice
from streamdesnow.engines.providers import MAX_BATCH, cache_folder
from streamdesnow.engines.tensorrt.build import build, parse
from streamdesnow.engines.tensorrt.cache import EngineFolder, EngineKey, engine_key, kernels_name, timing_name
from streamdesnow.engines.tensorrt.executor import Executor, ExecutorFactory
from streamdesnow.engines.tensorrt.library import Library
from streamdesnow.engines.tensorrt.prepare import Precision, prepare
from streamdesnow.engines.tensorrt.profiles import profiles
from streamdesnow.errors import EngineFailed, EngineUnavailable
from streamdesnow.models.folder import ModelFolder

__all__ = ["Plans", "plan_precision"]

_log = logging.getLogger(__name__)


def plan_precision(asked: str, model: ModelFolder) -> Precision:
    """The precision inside engines: half where nothing else is asked for.

    A causal model's memory stays in float32 all the same, see `narrow`.

    Raises:
        EngineUnavailable: there is no such one, or the model has none.
    """
    match asked:
        case "auto" | "fp16":
            return "fp16"
        case "fp32":
            return "fp32"
        case "bf16":
            return "bf16"
        case "int8" if model.int8 is not None:
            return "int8"
        case "int8":
            raise EngineUnavailable(
                f"{model.name} has no network in eight bits; `streamdesnow models quantise` makes one"
            )
    raise EngineUnavailable(f"TensorRT runs networks in fp32, fp16, bf16 or int8, not in {asked}")


class Plans:
    """Finds and builds engines for frames of any size.

    Args:
        library: builds them.
        config: says precision and where they are kept.
        device: the GPU; None where there is none, which only a portable library builds without.
        batch: the most frames in one call.
    """

    def __init__(
        self,
        library: Library,
        model: ModelFolder,
        config: EngineConfig,
        device: CudaDevice | None,
        batch: int = MAX_BATCH,
    ) -> None:
        self.precision = plan_precision(config.precision, model)
        self.folder = EngineFolder(cache_folder(config) / "engines")
        self._library = library
        self._model = model
        self._device = device
        self._batch = batch

    def check(self) -> None:
        """See that the library takes the network, which costs a fraction of a second; building costs more.

        Raises:
            EngineUnavailable, ModelCorrupt: see `parse`.
        """
        parse(self._library, self._model, prepare(self._model, self.precision))

    def key(self, size: tuple[int, int]) -> EngineKey:
        """What the engine for this frame size (width, height) is kept under."""
        return engine_key(self._library, self._model, size, self._batch, self.precision, self._device)

    def plan(self, size: tuple[int, int]) -> bytes:
        """The engine for this frame size, from disk or built now.

        Raises:
            EngineFailed: it cannot be built.
        """
        key = self.key(size)
        return self.folder.load(key) or self._build(key)

    def executor(self, size: tuple[int, int], load: ExecutorFactory) -> Executor:
        """The engine for this frame size, loaded. One that the library does not take is built again.

        Args:
            load: loads it.

        Raises:
            EngineFailed: neither works.
        """
        key, plan = self.key(size), self.plan(size)
        learnt = self.folder.load_learnt(kernels_name(key, self._device)) if self._device else b""
        try:
            return load(self._library, plan, learnt)
        except EngineFailed as error:
            _log.warning("%s: %s; it is built again", key.file_name, error)
        return load(self._library, self._build(key), b"")

    def keep(self, size: tuple[int, int], executor: Executor) -> None:
        """Store what the executor compiled, so that the next start is quick."""
        if self._device is not None:
            self.folder.store_learnt(kernels_name(self.key(size), self._device), executor.learnt())

    def _build(self, key: EngineKey) -> bytes:
        library, size = self._library, (key.width, key.height)
        _log.info(
            "%s builds %s for %dx%d in %s: %s",
            *(library.name, self._model.name, *size, self.precision),
            "seconds" if library.portable else "a minute or more, the first time only",
        )
        began = time.monotonic()
        parsed = parse(library, self._model, prepare(self._model, self.precision))
        timing = timing_name(library, self._device)
        built = build(
            library,
            parsed,
            profiles(self._model, size, self._batch),
            timing=self.folder.load_learnt(timing),
            capabilities=library.targets(self._device.capability if self._device else None),
        )
        stored = self.folder.store(key, built.plan)
        self.folder.store_learnt(timing, built.timing)
        _log.info("built in %.1f s: %s", time.monotonic() - began, stored or "not kept")
        return built.plan
