"""What a pipeline is put together from; tests put in-memory twins in these places."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from streamdesnow.capture.source import Source
from streamdesnow.clock import Clock
from streamdesnow.config.camera import CameraConfig
from streamdesnow.config.output import OutputConfig
from streamdesnow.config.pipeline import PipelineConfig
from streamdesnow.frame import Frame, Image
from streamdesnow.sinks.sink import Sink

__all__ = ["Memory", "Parts", "Restorer"]


class Memory(Protocol):
    """What restoration remembers of one camera."""

    def reset(self) -> None:
        """Forget all of it."""
        ...


class Restorer(Protocol):
    """What the pipeline asks of restoration; `streamdesnow.Desnower` is the real one."""

    @property
    def description(self) -> str:
        """What runs the network, for logs and summaries."""
        ...

    def stream(self, camera: str) -> Memory:
        """An empty memory for one camera."""
        ...

    def batch(self, items: Sequence[tuple[Memory, Frame]]) -> list[Image]:
        """Clean one frame each of several cameras, all of one size.

        Raises:
            EngineFailed: the network failed on them.
        """
        ...

    def close(self) -> None:
        """Free the network."""
        ...


@dataclass(frozen=True, slots=True)
class Parts:
    """How sources, sinks and networks are made.

    Attributes:
        source: from a camera's name and section.
        sink: from an output's section and a camera's name.
        restorer: from a model's name or path; loads it.
    """

    source: Callable[[str, CameraConfig, Clock], Source]
    sink: Callable[[OutputConfig, str, Clock], Sink]
    restorer: Callable[[str, PipelineConfig], Restorer]
