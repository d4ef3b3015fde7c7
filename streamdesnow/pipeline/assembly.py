"""Puts a pipeline together from its file: networks, cameras, outputs."""

from __future__ import annotations

import threading
from collections.abc import Mapping

from streamdesnow.clock import Clock
from streamdesnow.config.camera import SimulatedConfig
from streamdesnow.config.output import OutputConfig
from streamdesnow.config.pipeline import PipelineConfig
from streamdesnow.pipeline.lane import Lane
from streamdesnow.pipeline.parts import Parts, Restorer
from streamdesnow.pipeline.scheduler import Scheduler
from streamdesnow.pipeline.score import ScoreTap, truth_of
from streamdesnow.pipeline.sink_runner import SinkRunner

__all__ = ["load_restorers", "make_lanes", "outputs_of"]


def load_restorers(config: PipelineConfig, parts: Parts) -> dict[str, Restorer]:
    """Each network that some camera uses, loaded once, by the name the file gives it.

    Raises:
        ModelError, EngineError: the ones already loaded are closed again.
    """
    loaded: dict[str, Restorer] = {}
    try:
        for camera in config.cameras.values():
            name = camera.model or config.model
            if name not in loaded:
                loaded[name] = parts.restorer(name, config)
    except BaseException:
        for restorer in loaded.values():
            restorer.close()
        raise
    return loaded


def make_lanes(
    config: PipelineConfig,
    parts: Parts,
    restorers: Mapping[str, Restorer],
    clock: Clock,
    *,
    score: bool = False,
) -> tuple[tuple[Lane, ...], Scheduler]:
    """One lane a camera, and the scheduler that drives them; nothing is started.

    Args:
        score: compare simulated cameras with their truth.

    Raises:
        ConfigError: a camera's address cannot be used.
    """
    room = threading.Event()
    lanes = []
    for name, camera in config.cameras.items():
        model = camera.model or config.model
        runners = tuple(
            SinkRunner(parts.sink(output, name, clock), output.settings.queue, clock, on_room=room.set)
            for output in outputs_of(config, name)
        )
        source = parts.source(name, camera, clock)
        tap = None
        if score and isinstance(camera.source, SimulatedConfig):
            tap = ScoreTap(name, truth_of(camera.source), clock)
        lanes.append(Lane(source, model, restorers[model].stream(name), runners, clock, tap))
    return tuple(lanes), Scheduler(lanes, restorers, config.restore.batch, room)


def outputs_of(config: PipelineConfig, camera: str) -> tuple[OutputConfig, ...]:
    """The outputs that a camera's frames go to."""
    return tuple(
        output
        for output in config.outputs
        if output.settings.cameras is None or camera in output.settings.cameras
    )
