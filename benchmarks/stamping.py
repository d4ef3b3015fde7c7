"""A pipeline that notes when each stamped frame was where, and carries the stamp around the network."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

import numpy as np

from streamdesnow.bench.stamps import HEIGHT, read_stamp
from streamdesnow.clock import Clock
from streamdesnow.config.output import OutputConfig
from streamdesnow.config.pipeline import PipelineConfig
from streamdesnow.frame import CleanedFrame, Frame, Image
from streamdesnow.pipeline.parts import Parts, real_parts
from streamdesnow.restore.desnower import Desnower
from streamdesnow.restore.stream import Stream
from streamdesnow.sinks.sink import Sink

__all__ = ["Moments", "stamping_parts", "with_strip"]


@dataclass(slots=True)
class Moments:
    """When a frame was where, monotonic seconds, by its stamp."""

    captured: dict[int, float] = field(default_factory=dict)
    taken: dict[int, float] = field(default_factory=dict)
    restored: dict[int, float] = field(default_factory=dict)
    written: dict[int, float] = field(default_factory=dict)


def with_strip(image: Image, before: Image) -> Image:
    """The cleaned image with the strip of the frame before cleaning."""
    result = np.array(image)
    result[:HEIGHT] = before[:HEIGHT]
    return result


def stamping_parts(moments: Moments) -> Parts:
    """The real parts, with a look at the clock in between."""
    real = real_parts()

    class Stamping(Desnower):
        """Notes when frames go in and come out, and carries the strip around the network."""

        def batch(self, frames: Iterable[tuple[Stream, Frame | Image]]) -> list[Image]:
            pairs = list(frames)
            taken = time.monotonic()
            images = super().batch(pairs)
            restored = time.monotonic()
            stamped = []
            for (_, frame), image in zip(pairs, images, strict=True):
                if isinstance(frame, Frame):
                    image = with_strip(image, frame.image)
                    ticks = read_stamp(frame.image)
                    if ticks is not None:
                        moments.captured[ticks] = frame.captured_at
                        moments.taken[ticks], moments.restored[ticks] = taken, restored
                stamped.append(image)
            return stamped

    class StampingSink:
        """Notes when a frame has been written."""

        def __init__(self, sink: Sink) -> None:
            self.name, self.keeps_all, self.open, self.close = (
                sink.name,
                sink.keeps_all,
                sink.open,
                sink.close,
            )
            self._sink = sink

        def write(self, cleaned: CleanedFrame) -> None:
            self._sink.write(cleaned)
            ticks = read_stamp(cleaned.before.image)
            if ticks is not None:
                moments.written[ticks] = time.monotonic()

    def sink(output: OutputConfig, camera: str, clock: Clock) -> Sink:
        return StampingSink(real.sink(output, camera, clock))

    def restorer(model: str, config: PipelineConfig) -> Desnower:
        desnower = Stamping(model, config.engine, cut=config.restore.cut)
        desnower.open()
        return desnower

    return replace(real, sink=sink, restorer=restorer)
