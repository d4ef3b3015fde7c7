"""Puts a pipeline together from its file: networks, cameras, outputs."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from streamdesnow.clock import Clock
from streamdesnow.config.camera import SimulatedConfig
from streamdesnow.config.named_models import shrinks
from streamdesnow.config.output import OutputConfig
from streamdesnow.config.pipeline import PipelineConfig
from streamdesnow.pipeline.bypass import Bypass
from streamdesnow.pipeline.detection_assembly import DetectionAssembly, load_detector
from streamdesnow.pipeline.lane import Lane
from streamdesnow.pipeline.notice import Notices
from streamdesnow.pipeline.outlets import Outlets
from streamdesnow.pipeline.overload import Overload
from streamdesnow.pipeline.parts import Parts, Restorer, Web
from streamdesnow.pipeline.ranking import rank_of
from streamdesnow.pipeline.scheduler import Scheduler
from streamdesnow.pipeline.score import ScoreTap, truth_of
from streamdesnow.pipeline.signal import Signal
from streamdesnow.pipeline.sink_runner import SinkRunner
from streamdesnow.pipeline.snow_watch import SnowWatch
from streamdesnow.sinks.sink import Sink

__all__ = ["load_networks", "load_restorers", "make_lanes"]


def load_networks(
    config: PipelineConfig, parts: Parts, clock: Clock
) -> tuple[dict[str, Restorer], DetectionAssembly | None]:
    """The networks that clean, by name, and what looks at cleaned frames, if anything does.

    Raises:
        ModelError, EngineError: as `load_restorers`.
        DetectorUnavailable, ConfigError: as `load_detector`.
    """
    restorers = load_restorers(config, parts)
    if config.detect is None:
        return restorers, None
    try:
        detector = load_detector(config.detect, parts, clock)
    except BaseException:
        for restorer in restorers.values():
            restorer.close()
        raise
    return restorers, DetectionAssembly(config.detect, detector, clock)


def load_restorers(config: PipelineConfig, parts: Parts) -> dict[str, Restorer]:
    """Each network that some camera uses, loaded once, by the name the file gives it.

    Raises:
        ModelError, EngineError: the ones already loaded are closed again.
    """
    loaded: dict[str, Restorer] = {}
    try:
        names = [camera.model or config.model for camera in config.cameras.values()]
        if any(shrinks(config, camera) for camera in config.cameras):
            names.append(config.overload.smaller_model)
        for name in dict.fromkeys(names):
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
    detection: DetectionAssembly | None = None,
    notices: Notices | None = None,
    web: Web | None = None,
) -> tuple[tuple[Lane, ...], Scheduler]:
    """One lane a camera, and the scheduler that drives them; nothing is started.

    Args:
        score: compare simulated cameras with their truth.
        detection: looks at cleaned frames; None: nobody does.
        notices: told of snow and overload.
        web: shown every frame; None: there is no page.

    Raises:
        ConfigError: a camera's address cannot be used.
        DetectorUnavailable: what makes tracks is not installed.
    """
    room = Signal()
    notices = notices or Notices(clock=clock)

    def make_room() -> None:
        room.set()
        if detection is not None:
            detection.wake.set()

    def make_sink(output: OutputConfig, camera: str) -> Sink:
        sink = parts.sink(output, camera, clock)
        return sink if detection is None else detection.overlaid(sink, output, camera)

    lanes = []
    for name, camera in config.cameras.items():
        model = camera.model or config.model
        runners = tuple(
            SinkRunner(make_sink(output, name), output.settings.queue, clock, on_room=make_room)
            for output in config.outputs_of(name)
        )
        source = parts.source(name, camera, clock)
        tap = None
        if score and isinstance(camera.source, SimulatedConfig):
            tap = ScoreTap(name, truth_of(camera.source), clock)
        outlets = Outlets(runners, tap, None if web is None else web.onlooker(name))
        eye = None
        if detection is not None:
            eye = detection.camera(name, live=source.live, outlets=outlets, on_room=room.set)
        stream = restorers[model].stream(name, camera.when)
        rank, snow = rank_of(config, name, stream, restorers), SnowWatch(name, notices)
        lanes.append(Lane(source, model, stream, outlets, clock, eye, rank, snow))
    bypass = Bypass([lane for lane in lanes if lane.rank.relief.policy == "pass"])
    for lane in lanes:
        lane.source.watch(_all(room.set, bypass.wake))
    scheduler = Scheduler(
        lanes,
        restorers,
        config.restore.batch,
        room,
        wait=config.restore.wait,
        clock=clock,
        overload=Overload(lanes, config.overload, notices),
        bypass=bypass,
    )
    return tuple(lanes), scheduler


def _all(*calls: Callable[[], None]) -> Callable[[], None]:
    def call() -> None:
        for each in calls:
            each()

    return call
