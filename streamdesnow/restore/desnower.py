"""Frames in, frames without falling snow out: the Python API of restoration."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterable, Sequence
from os import PathLike
from types import TracebackType
from typing import Self

from streamdesnow.config.engine import EngineConfig
from streamdesnow.config.gate import SnowfallConfig, When
from streamdesnow.engines.engine import Engine, EngineInfo
from streamdesnow.engines.select import open_engine
from streamdesnow.errors import ConfigError, EngineUnavailable
from streamdesnow.frame import Frame, Image
from streamdesnow.models.find import find_model
from streamdesnow.models.folder import ModelFolder
from streamdesnow.restore.budget import frames_at_once, free_memory, tile_side
from streamdesnow.restore.gate import Gate, make_gate
from streamdesnow.restore.job import Job
from streamdesnow.restore.layout import AnyImage, to_bgr8
from streamdesnow.restore.pace import Pace
from streamdesnow.restore.padding import pad, padded_size
from streamdesnow.restore.scene import CutDetector
from streamdesnow.restore.stream import Stream
from streamdesnow.restore.supersampling import enlarged, is_small
from streamdesnow.restore.tiling import TilePlan, plan_tiles

__all__ = ["Desnower"]

_log = logging.getLogger(__name__)


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
        enlarge: clean frames of 640x480 and less at twice their size, where the model has a network for
            that: better restored, and four times the work. Streams may differ.
        runner: an engine of your own in place of `engine`; opened and closed with the Desnower. It gets
            frames as large as they are.

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
        enlarge: bool = True,
        runner: Engine | None = None,
    ) -> None:
        self.model = model if isinstance(model, ModelFolder) else find_model(model)
        self._config = engine_config(engine)
        self._cut = cut
        self._when = when
        self._snowfall = snowfall or SnowfallConfig()
        self._enlarge = enlarge
        self._pace = Pace()
        self._runner = runner
        self._engines: dict[ModelFolder, Engine] = {}
        self._plans: dict[tuple[ModelFolder, int, int], TilePlan] = {}
        self._together: dict[tuple[ModelFolder, tuple[int, int]], int | None] = {}
        self._lock = threading.RLock()

    @property
    def info(self) -> EngineInfo:
        """What runs the network; opens it."""
        return self._opened(self.model).info

    def open(self) -> None:
        """Load the network; the one for small frames waits until there are any. May be called twice.

        Raises:
            EngineUnavailable, ModelCorrupt: see `open_engine`.
        """
        self._opened(self.model)

    def close(self) -> None:
        """Free the network and its memory. May be called twice; the next frame opens it again."""
        with self._lock:
            for engine in self._engines.values():
                engine.close()
            self._engines.clear()
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
        return self._stream("still", None)(image)

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
        return self._stream(camera, cuts, gate)

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

    @property
    def seconds_a_pixel(self) -> float | None:
        """What a pixel that the network sees has taken of late; None while that is not known."""
        return self._pace.seconds_a_pixel

    def _stream(self, camera: str, cuts: CutDetector | None, gate: Gate | None = None) -> Stream:
        can_enlarge = self.model.enlarged is not None and self._runner is None
        return Stream(self, camera, cuts, gate, can_enlarge=can_enlarge, enlarge=self._enlarge)

    def _job(self, stream: Stream, frame: Frame | Image) -> Job | None:
        """What the network is to do about a frame; None if nothing."""
        original = _pixels(frame)
        image = to_bgr8(original)
        step = stream.decide(image, frame if isinstance(frame, Frame) else None)
        if not step.run:
            return None
        model = self._model_for(stream, image)
        shown = enlarged(image) if model.card.enlarged else image
        plan = self._plan(model, shown)
        memory = stream.memory_for(
            image, new=lambda: [self._opened(model).zero_state(*plan.tile) for _ in plan.tiles]
        )
        tiles = plan.cut(pad(shown, model.card.side_multiple))
        return Job(original, image, shown, model, step.share, plan, tiles, memory)

    def _model_for(self, stream: Stream, image: Image) -> ModelFolder:
        """The network for that frame: where the one for small frames cannot be run, the usual one."""
        model = self.model.enlarged
        if model is None or not stream.enlarge or not is_small(image.shape[1], image.shape[0]):
            return self.model
        try:
            self._opened(model)
        except EngineUnavailable as error:
            _log.warning("%s: small frames are cleaned as large as they are: %s", stream.camera, error)
            stream.enlarge = stream.can_enlarge = False
            return self.model
        return model

    def _run(self, jobs: Sequence[Job]) -> None:
        """Replace the tiles of each job by clean ones."""
        whole: dict[tuple[ModelFolder, tuple[int, int]], list[Job]] = {}
        for job in jobs:
            if len(job.tiles) == 1:
                whole.setdefault((job.model, job.plan.tile), []).append(job)
            else:  # in one call, tiles would take the memory that they are meant to save
                engine = self._opened(job.model)
                job.tiles = [
                    engine.infer([tile], [state])[0]
                    for tile, state in zip(job.tiles, job.memory, strict=True)
                ]
        for (model, size), alike in whole.items():
            engine = self._opened(model)
            most = self._together[model, size] or len(alike)
            for start in range(0, len(alike), most):
                group = alike[start : start + most]
                began = time.perf_counter()
                clean = engine.infer([job.tiles[0] for job in group], [job.memory[0] for job in group])
                self._pace.note(time.perf_counter() - began, len(group) * size[0] * size[1])
                for job, image in zip(group, clean, strict=True):
                    job.tiles = [image]

    def _plan(self, model: ModelFolder, image: Image) -> TilePlan:
        size = (image.shape[1], image.shape[0])
        if (model, *size) not in self._plans:
            card = model.card
            padded = padded_size(*size, card.side_multiple)
            free = free_memory(self.info, self._config)
            side = tile_side(padded, card, self._config.tile, free)
            plan = plan_tiles(padded, side, margin=card.receptive_field, multiple=card.side_multiple)
            self._plans[model, *size] = plan
            self._together[model, plan.tile] = frames_at_once(plan.tile, card, free)
        return self._plans[model, *size]

    def _opened(self, model: ModelFolder) -> Engine:
        with self._lock:
            if model not in self._engines:
                if self._runner is not None:
                    self._runner.open()
                self._engines[model] = self._runner or open_engine(model, self._config)
            return self._engines[model]


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
