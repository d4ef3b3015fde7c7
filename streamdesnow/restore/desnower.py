"""Frames in, frames without falling snow out: the Python API of restoration."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Sequence
from os import PathLike
from types import TracebackType
from typing import Self

from streamdesnow.config.engine import EngineConfig
from streamdesnow.config.gate import SnowfallConfig, When
from streamdesnow.engines.engine import Engine, EngineInfo
from streamdesnow.engines.select import open_engine
from streamdesnow.errors import ConfigError
from streamdesnow.frame import Frame, Image
from streamdesnow.models.find import find_model
from streamdesnow.models.folder import ModelFolder
from streamdesnow.restore.budget import frames_at_once, free_memory, tile_side
from streamdesnow.restore.gate import make_gate
from streamdesnow.restore.job import Job
from streamdesnow.restore.layout import AnyImage, to_bgr8
from streamdesnow.restore.padding import pad, padded_size
from streamdesnow.restore.scene import CutDetector
from streamdesnow.restore.stream import Stream
from streamdesnow.restore.tiling import TilePlan, plan_tiles

__all__ = ["Desnower"]


class Desnower:
    """Takes falling snow out of frames.

        with Desnower("fixed-camera") as desnower:
            gate = desnower.stream("gate")
            for frame in frames:            # uint8 (H, W, 3) BGR, any size
                clean = gate(frame)

    Frames may also be grey, BGRA or 16 bits deep: they come back as they were, without snow. Calls from
    several threads wait for each other.

    Args:
        model: name of a model, or path of a model folder.
        engine: what runs it: a config; or a word: `cpu`, `cuda` or `tensorrt` require that device,
            `onnxruntime`, `openvino` or `torch` choose a library. Default: the fastest that works here.
        cut: notice scene cuts, and forget what was remembered of the scene before.
        when: `always` clean, only while it is `snowing` (other frames come out as they are, and the network
            rests), or `never`; streams may differ.
        snowfall: what counts as snowing; default: see `SnowfallConfig`.
        runner: an engine of your own in place of `engine`; opened and closed with the Desnower.

    Raises:
        ModelNotFound, ModelCorrupt: on construction.
        EngineUnavailable: on `open`, which the first frame does by itself.
    """

    def __init__(
        self,
        model: str | PathLike[str] | ModelFolder = "fixed-camera",
        engine: EngineConfig | str | None = None,
        *,
        cut: bool = True,
        when: When = "always",
        snowfall: SnowfallConfig | None = None,
        runner: Engine | None = None,
    ) -> None:
        self.model = model if isinstance(model, ModelFolder) else find_model(model)
        self._config = engine_config(engine)
        self._cut = cut
        self._when = when
        self._snowfall = snowfall or SnowfallConfig()
        self._runner = runner
        self._engine: Engine | None = None
        self._plans: dict[tuple[int, int], TilePlan] = {}
        self._together: dict[tuple[int, int], int | None] = {}
        self._lock = threading.RLock()

    @property
    def info(self) -> EngineInfo:
        """What runs the network; opens it."""
        return self._opened().info

    def open(self) -> None:
        """Load the network. May be called twice.

        Raises:
            EngineUnavailable, ModelCorrupt: see `open_engine`.
        """
        self._opened()

    def close(self) -> None:
        """Free the network and its memory. May be called twice; the next frame opens it again."""
        with self._lock:
            if self._engine is not None:
                self._engine.close()
            self._engine = None
            self._plans.clear()
            self._together.clear()

    def __enter__(self) -> Self:
        self.open()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __call__(self, image: Image) -> Image:
        """Clean a still. A causal model does so with an empty memory: the hardest thing to ask of it.

        Args:
            image: uint8 or uint16; (H, W, 3) BGR, (H, W, 4) BGRA, (H, W) or (H, W, 1) grey; any size.

        Returns:
            A new image of the same type and shape.

        Raises:
            ImageUnsupported: another type or shape.
            EngineUnavailable, EngineFailed: the network cannot be run.
        """
        return Stream(self, "still", cuts=None)(image)

    def stream(
        self, camera: str = "camera", when: When | None = None, *, beside: Stream | None = None
    ) -> Stream:
        """A handle with a memory of its own, for the frames of one camera or one file.

        Args:
            camera: name, for logs and errors.
            when: otherwise than for the Desnower as a whole.
            beside: the camera's stream at another network, where its frames go now to one and now to the
                other: what is known of the weather is known to both, and that one's `when` is taken.

        Raises:
            ConfigError: `when` is another word.
        """
        cuts = CutDetector() if self._cut and self.model.card.states else None
        gate = make_gate(when or self._when, self._snowfall) if beside is None else beside.gate
        return Stream(self, camera, cuts, gate)

    def batch(self, frames: Iterable[tuple[Stream, Frame | Image]]) -> list[Image]:
        """Clean frames of several cameras; those of one size go through the network in one call.

        Args:
            frames: streams of this Desnower, each with its next frame. A stream may come more than once, its
                frames in order.

        Returns:
            The cleaned images, in the order of `frames`; where nothing is cleaned, the very images that came.

        Raises:
            ValueError: a stream of another Desnower.
        """
        pairs = list(frames)
        for stream, _ in pairs:
            if not stream.belongs_to(self):
                raise ValueError(f"stream {stream.camera!r} belongs to another Desnower")
        results: dict[int, Image] = {}
        with self._lock:
            while len(results) < len(pairs):
                # One frame of each stream at a time: the next one needs what is remembered of this one.
                turn: dict[Stream, int] = {}
                for number, (stream, _) in enumerate(pairs):
                    if number not in results:
                        turn.setdefault(stream, number)
                jobs = {number: self._job(*pairs[number]) for number in turn.values()}
                self._run([job for job in jobs.values() if job is not None])
                results |= {
                    number: _pixels(pairs[number][1]) if job is None else job.result()
                    for number, job in jobs.items()
                }
        return [results[number] for number in range(len(pairs))]

    def _job(self, stream: Stream, frame: Frame | Image) -> Job | None:
        """What the network is to do about a frame; None if nothing."""
        original = _pixels(frame)
        image = to_bgr8(original)
        step = stream.decide(image, frame if isinstance(frame, Frame) else None)
        if not step.run:
            return None
        plan = self._plan(image)
        memory = stream.memory_for(
            image, new=lambda: [self._opened().zero_state(*plan.tile) for _ in plan.tiles]
        )
        tiles = plan.cut(pad(image, self.model.card.side_multiple))
        return Job(original, image, step.share, plan, tiles, memory)

    def _run(self, jobs: Sequence[Job]) -> None:
        """Replace the tiles of each job by clean ones."""
        engine = self._opened()
        whole: dict[tuple[int, int], list[Job]] = {}
        for job in jobs:
            if len(job.tiles) == 1:
                whole.setdefault(job.plan.tile, []).append(job)
            else:  # in one call, tiles would take the memory that they are meant to save
                job.tiles = [
                    engine.infer([tile], [state])[0]
                    for tile, state in zip(job.tiles, job.memory, strict=True)
                ]
        for size, alike in whole.items():
            most = self._together[size] or len(alike)
            for start in range(0, len(alike), most):
                group = alike[start : start + most]
                clean = engine.infer([job.tiles[0] for job in group], [job.memory[0] for job in group])
                for job, image in zip(group, clean, strict=True):
                    job.tiles = [image]

    def _plan(self, image: Image) -> TilePlan:
        size = (image.shape[1], image.shape[0])
        if size not in self._plans:
            card = self.model.card
            padded = padded_size(*size, card.side_multiple)
            free = free_memory(self.info, self._config)
            side = tile_side(padded, card, self._config.tile, free)
            plan = plan_tiles(padded, side, margin=card.receptive_field, multiple=card.side_multiple)
            self._plans[size] = plan
            self._together[plan.tile] = frames_at_once(plan.tile, card, free)
        return self._plans[size]

    def _opened(self) -> Engine:
        with self._lock:
            if self._engine is None:
                if self._runner is not None:
                    self._runner.open()
                self._engine = self._runner or open_engine(self.model, self._config)
            return self._engine


def _pixels(frame: Frame | Image) -> AnyImage:
    return frame.image if isinstance(frame, Frame) else frame


def engine_config(engine: EngineConfig | str | None) -> EngineConfig:
    """A config from the word that names a device or a library.

    Raises:
        ConfigError: the word is neither.
    """
    if isinstance(engine, EngineConfig):
        return engine
    match engine:
        case None | "auto":
            return EngineConfig()
        case "cpu" | "cuda" | "tensorrt":
            return EngineConfig(require=engine)
        case "onnxruntime" | "openvino" | "torch":
            return EngineConfig(backend=engine)
    raise ConfigError(
        f"engine {engine!r} is unknown; there are auto, cpu, cuda, tensorrt, onnxruntime, openvino, torch"
    )
