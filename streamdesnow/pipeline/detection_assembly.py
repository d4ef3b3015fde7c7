"""Puts detection together from its section of the pipeline file."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable
from dataclasses import dataclass, field

from streamdesnow.clock import Clock
from streamdesnow.config.detect import DetectConfig
from streamdesnow.config.output import NullConfig, OutputConfig
from streamdesnow.detect.event_reporter import EventReporter
from streamdesnow.detect.observer import Observer
from streamdesnow.detect.overlay import Overlay
from streamdesnow.detect.tracking import check_trackers
from streamdesnow.pipeline.cadence import Cadence
from streamdesnow.pipeline.detection_worker import CameraDetection, DetectionWorker
from streamdesnow.pipeline.detector_runner import DetectorRunner
from streamdesnow.pipeline.file_detection import FileDetection
from streamdesnow.pipeline.live_detection import LiveDetection
from streamdesnow.pipeline.outlets import Outlet
from streamdesnow.pipeline.overlay_sink import OverlaySink
from streamdesnow.pipeline.parts import Parts
from streamdesnow.pipeline.watcher import Watcher
from streamdesnow.sinks.sink import Sink

__all__ = ["DetectionAssembly", "load_detector"]


def load_detector(config: DetectConfig, parts: Parts, clock: Clock) -> DetectorRunner:
    """The detector, loaded.

    Raises:
        DetectorUnavailable: it, its weights, or what makes tracks is not there; says what to do.
        ConfigError: it knows no class that was asked for.
    """
    # Here, where a slow import holds nobody up.
    check_trackers()
    runner = DetectorRunner(f"detector {config.model}", lambda: parts.detector(config), clock)
    runner.open()
    return runner


@dataclass(frozen=True, slots=True)
class DetectionAssembly:
    """Makes detection for one pipeline.

    Attributes:
        config: the `detect` section.
        detector: loaded.
        clock: of the pipeline.
        wake: wakes the detection thread.
        run: a word that no other run has, for the names of tracks in events.
    """

    config: DetectConfig
    detector: DetectorRunner
    clock: Clock
    wake: threading.Event = field(default_factory=threading.Event)
    run: str = field(default_factory=lambda: secrets.token_hex(4))

    def worker(self) -> DetectionWorker:
        """The detection thread, not yet started."""
        return DetectionWorker(self.detector, self.wake)

    def camera(
        self, name: str, *, live: bool, outlets: Outlet, on_room: Callable[[], None]
    ) -> CameraDetection:
        """What looks at the frames of one camera.

        Args:
            outlets: where frames go on to.
            on_room: called whenever there is room for another frame of a file.

        Raises:
            DetectorUnavailable: what makes tracks is not installed.
        """
        config = self.config
        reporter = None
        if config.events is not None:
            reporter = EventReporter(config.events, name, self.run, self.clock, compare=config.compare)
        observer = Observer(config, name, self.clock, reporter)
        watcher = Watcher(observer, self.detector, self.clock, reporter, compare=config.compare)
        cadence = Cadence(config.every, config.max_fps)
        if live:
            return LiveDetection(watcher, cadence, outlets, config.track.lost, self.wake.set)
        return FileDetection(watcher, cadence, outlets, self.wake.set, on_room)

    def overlaid(self, sink: Sink, output: OutputConfig, camera: str) -> Sink:
        """The output, with what was found drawn into it if that is asked for."""
        settings = output.settings
        if isinstance(settings, NullConfig):
            return sink
        if not (self.config.overlay.burn if settings.overlay is None else settings.overlay):
            return sink
        return OverlaySink(sink, Overlay(self.config, camera, settings.show))
