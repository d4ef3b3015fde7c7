"""A source for each camera of a pipeline file."""

from __future__ import annotations

from streamdesnow.capture.source import Source
from streamdesnow.capture.spec import SourceSpec
from streamdesnow.capture.worker import CaptureWorker
from streamdesnow.clock import Clock
from streamdesnow.config.camera import CameraConfig

__all__ = ["make_source"]


def make_source(name: str, config: CameraConfig, clock: Clock) -> Source:
    """The source of a camera, not yet opened.

    Args:
        name: of the camera in the pipeline file.
        config: its section.
        clock: times waits and restarts.
    """
    return CaptureWorker(SourceSpec.from_config(name, config), config.stall, config.retry, clock)
