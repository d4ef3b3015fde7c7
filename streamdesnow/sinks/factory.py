"""Makes the sink that an `outputs:` section describes."""

from __future__ import annotations

from streamdesnow.clock import Clock
from streamdesnow.config.output import (
    HlsConfig,
    ImagesConfig,
    NullConfig,
    OutputConfig,
    PushConfig,
    RecordConfig,
)
from streamdesnow.sinks.hls import HlsSink
from streamdesnow.sinks.images import ImagesSink
from streamdesnow.sinks.null import NullSink
from streamdesnow.sinks.push import PushSink
from streamdesnow.sinks.recorder import RecordSink
from streamdesnow.sinks.sink import Sink

__all__ = ["make_sink"]


def make_sink(config: OutputConfig, camera: str, clock: Clock) -> Sink:
    """One output of one camera, not yet opened."""
    match config.settings:
        case RecordConfig() as settings:
            return RecordSink(settings, camera, clock)
        case PushConfig() as settings:
            return PushSink(settings, camera)
        case HlsConfig() as settings:
            return HlsSink(settings, camera, clock)
        case ImagesConfig() as settings:
            return ImagesSink(settings, camera)
        case NullConfig():
            return NullSink(camera)
