"""What a pipeline is put together from; tests put in-memory twins in these places."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from streamdesnow.capture.factory import make_source
from streamdesnow.capture.source import Source
from streamdesnow.clock import Clock
from streamdesnow.config.camera import CameraConfig
from streamdesnow.config.detect import DetectConfig
from streamdesnow.config.gate import When
from streamdesnow.config.output import OutputConfig
from streamdesnow.config.pipeline import PipelineConfig
from streamdesnow.detect.detector import Detector
from streamdesnow.detect.open_detector import open_detector
from streamdesnow.engines.engine import EngineInfo
from streamdesnow.frame import CleanedFrame, Frame, Image
from streamdesnow.restore.desnower import Desnower
from streamdesnow.restore.stream import Stream
from streamdesnow.sinks.factory import make_sink
from streamdesnow.sinks.sink import Sink
from streamdesnow.status.snapshot import PipelineSnapshot
from streamdesnow.web.open_web import open_web

__all__ = ["Parts", "Restorer", "Web", "real_parts"]


class Restorer(Protocol):
    """What the pipeline asks of restoration: what `Desnower` is."""

    @property
    def info(self) -> EngineInfo:
        """What runs the network."""
        ...

    def stream(self, camera: str, when: When | None = None, *, beside: Stream | None = None) -> Stream:
        """A handle with an empty memory for one camera; `when` to clean, if otherwise than usual.

        `beside`: its handle at another network, which knows the same weather.
        """
        ...

    def batch(self, frames: Sequence[tuple[Stream, Frame]]) -> list[Image]:
        """Clean one frame each of several cameras.

        Raises:
            EngineFailed: the network failed on them.
        """
        ...

    def close(self) -> None:
        """Free the network."""
        ...


class Web(Protocol):
    """What the pipeline asks of its page: what `WebServer` is."""

    def onlooker(self, camera: str) -> Callable[[CleanedFrame], None]:
        """What the camera's frames have to be shown to; quick, never fails."""
        ...

    def close(self) -> None:
        """Stop, within 2 s."""
        ...


@dataclass(frozen=True, slots=True)
class Parts:
    """How sources, sinks and networks are made.

    Attributes:
        source: from a camera's name and section.
        sink: from an output's section and a camera's name.
        restorer: from a model's name or path; loads it, which may take minutes.
        detector: from the `detect` section; loads it.
        web: from a pipeline file and what tells how things are; None where the file asks for no page.
    """

    source: Callable[[str, CameraConfig, Clock], Source]
    sink: Callable[[OutputConfig, str, Clock], Sink]
    restorer: Callable[[str, PipelineConfig], Restorer]
    detector: Callable[[DetectConfig], Detector] = open_detector
    web: Callable[[PipelineConfig, Callable[[], PipelineSnapshot]], Web | None] = open_web


def real_parts() -> Parts:
    """Sources in processes of their own, networks on the engine that the file asks for, encoders."""
    return Parts(source=make_source, sink=make_sink, restorer=_load)


def _load(model: str, config: PipelineConfig) -> Desnower:
    restore = config.restore
    desnower = Desnower(model, config.engine, cut=restore.cut, when=restore.when, snowfall=restore.snowfall)
    desnower.open()
    return desnower
