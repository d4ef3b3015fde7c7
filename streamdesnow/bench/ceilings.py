"""What an engine can reach on this machine: operations and bytes a second, both measured."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from streamdesnow.bench.probes import CONV_WIDTHS, conv_probe, conv_work, stream_probe, stream_work
from streamdesnow.bench.subject import Shelf, Subject, on_gpu
from streamdesnow.bench.timing import Timing
from streamdesnow.bench.work import Work
from streamdesnow.config.engine import EngineConfig
from streamdesnow.engines.engine import EngineInfo
from streamdesnow.models.folder import ModelFolder

__all__ = ["Ceiling", "Probes", "Roof"]

_LONG = {False: 0.02, True: 0.005}
"""Seconds that a call takes at least, on a CPU and on a GPU, so that what surrounds it does not count."""
_SIDES = {"conv": (64, 2048), "stream": (96, 384)}


@dataclass(frozen=True, slots=True)
class Roof:
    """Attributes: flops: operations a second; bandwidth: bytes a second."""

    flops: float
    bandwidth: float

    def seconds(self, work: Work) -> float:
        """The least that this work takes: the longer of computing and of moving."""
        return max(work.flop / self.flops, work.least_bytes / self.bandwidth)


@dataclass(frozen=True, slots=True)
class Ceiling:
    """A roof with what it was measured through."""

    engine: EngineInfo
    roof: Roof
    fastest: str


class Probes:
    """The probes of one engine, to be timed in turn with the models.

    Args:
        folder: an empty one, where the probes' networks are written.
        label: a prefix for their names.
        between: called before each is prepared; what it raises ends that.

    Raises:
        EngineUnavailable: no such engine, or the package onnx is missing.
    """

    def __init__(
        self, shelf: Shelf, config: EngineConfig, folder: Path, label: str, between: Callable[[], None]
    ) -> None:
        self.calls: dict[str, Callable[[], None]] = {}
        self._work: dict[str, Work] = {}
        self._label = label
        for channels in CONV_WIDTHS:
            between()
            model = conv_probe(folder / f"conv{channels}", channels)
            subject, side = _grown(shelf, model, config, *_SIDES["conv"])
            self._add(f"convolutions of {channels} channels", subject, conv_work(channels, side))
        between()
        subject, side = _grown(shelf, stream_probe(folder / "stream"), config, *_SIDES["stream"])
        self._add("memory", subject, stream_work(side))
        self.info = subject.info

    def _add(self, name: str, subject: Subject, work: Work) -> None:
        label = f"{self._label} {name}"
        self.calls[label], self._work[label] = subject.call, work

    def ceiling(self, timings: Mapping[str, Timing]) -> Ceiling | None:
        """The best that any probe reached at its median; None if one was not timed."""
        own = {label: timings[label] for label in self.calls if timings[label].calls}
        if len(own) < len(self.calls):
            return None
        stream = f"{self._label} memory"
        flops = {
            label: self._work[label].flop / timing.median for label, timing in own.items() if label != stream
        }
        fastest = max(flops, key=lambda label: flops[label])
        roof = Roof(flops[fastest], self._work[stream].least_bytes / own[stream].median)
        return Ceiling(self.info, roof, fastest.removeprefix(f"{self._label} "))


def _grown(
    shelf: Shelf, model: ModelFolder, config: EngineConfig, side: int, largest: int
) -> tuple[Subject, int]:
    """Ready with frames so large that a call is long."""
    while True:
        subject = shelf.subject(model, config, (side, side))
        began = time.perf_counter()
        subject.call()
        if side >= largest or time.perf_counter() - began >= _LONG[on_gpu(subject.info)]:
            return subject, side
        side *= 2
