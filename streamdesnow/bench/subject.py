"""What is timed: a network on an engine, with frames of one size, ready to be called."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from streamdesnow.bench.footprint import gpu_free, resident
from streamdesnow.config.engine import EngineConfig
from streamdesnow.engines.engine import Engine, EngineInfo
from streamdesnow.engines.select import open_engine
from streamdesnow.models.folder import ModelFolder
from streamdesnow.restore.padding import padded_size

__all__ = ["Shelf", "Subject", "on_gpu"]

_FRAMES = 4


def on_gpu(info: EngineInfo) -> bool:
    """Whether the network does not run on the processor."""
    return "cpu" not in info.device.lower()


@dataclass(frozen=True, slots=True)
class Subject:
    """One network on one engine.

    Attributes:
        info: what runs it.
        call: cleans one batch.
        first: seconds of the first call, which compiles for this size.
        memory: bytes that opening it and the first call took, on the device that it runs on; what others had
            freed before does not show.
    """

    info: EngineInfo
    call: Callable[[], None]
    first: float
    memory: int


class Shelf:
    """Engines that are open: one for each model and config, shared by the sizes and batches that it runs."""

    def __init__(self) -> None:
        self._engines: dict[tuple[str, str], Engine] = {}

    def engine(self, model: ModelFolder, config: EngineConfig) -> Engine:
        """Open, or open already.

        Raises:
            EngineUnavailable, ModelCorrupt: see `open_engine`.
        """
        key = (str(model.path), config.model_dump_json())
        if key not in self._engines:
            self._engines[key] = open_engine(model, config)
        return self._engines[key]

    def subject(
        self, model: ModelFolder, config: EngineConfig, size: tuple[int, int], batch: int = 1
    ) -> Subject:
        """A network warmed up for frames of `size` (width, height).

        Raises:
            EngineUnavailable, ModelCorrupt: see `open_engine`.
            EngineFailed: it does not take such frames.
        """
        ram, free = resident(), gpu_free(config.device)
        engine = self.engine(model, config)
        call = _cleaning(engine, padded_size(*size, model.card.side_multiple), batch)
        began = time.perf_counter()
        call()
        first = time.perf_counter() - began
        call()  # memory is in its other buffers now
        taken = free - gpu_free(config.device) if on_gpu(engine.info) else resident() - ram
        return Subject(engine.info, call, first, max(taken, 0))

    def close(self) -> None:
        """Free all of them."""
        for engine in self._engines.values():
            engine.close()
        self._engines.clear()


def _cleaning(engine: Engine, size: tuple[int, int], batch: int) -> Callable[[], None]:
    width, height = size
    random = np.random.default_rng(0)
    frames = [
        random.integers(0, 256, (height, width, 3), dtype=np.uint8) for _ in range(min(_FRAMES, batch + 1))
    ]
    states = [engine.zero_state(width, height) for _ in range(batch)]
    turn = 0

    def clean() -> None:
        nonlocal turn
        turn += 1
        engine.infer([frames[(turn + row) % len(frames)] for row in range(batch)], states)

    return clean
