"""What was measured."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from streamdesnow.bench.ceilings import Ceiling
from streamdesnow.bench.machine import Machine
from streamdesnow.bench.timing import Timing
from streamdesnow.bench.work import Work
from streamdesnow.engines.engine import EngineInfo
from streamdesnow.models.folder import ModelFolder

__all__ = ["LeftOut", "Report", "Result", "short_name"]


def short_name(info: EngineInfo) -> str:
    """`openvino bf16`, `onnxruntime CUDA fp32`."""
    device = info.device.removesuffix("ExecutionProvider").removesuffix("Execution")
    on = "" if device.lower() == "cpu" else f"{device} "
    return f"{info.backend} {on}{info.precision}"


@dataclass(frozen=True, slots=True)
class Result:
    """One model in one way of running it.

    Attributes:
        model: that was run.
        engine: that ran it.
        size: (width, height).
        batch: frames in a call.
        work: of a call.
        timing: of all calls.
        first: seconds of the first call, which compiles.
        memory: bytes that it took on its device.
        ceiling: of the same engine; None if it was not measured.
    """

    model: ModelFolder
    engine: EngineInfo
    size: tuple[int, int]
    batch: int
    work: Work
    timing: Timing
    first: float
    memory: int
    ceiling: Ceiling | None

    @property
    def fps(self) -> float:
        """Frames a second at the median."""
        return self.batch / self.timing.median

    @property
    def flops(self) -> float:
        """Operations a second that were reached."""
        return self.work.flop / self.timing.median

    @property
    def bandwidth(self) -> float:
        """Of the bytes that cannot be avoided, how many a second."""
        return self.work.least_bytes / self.timing.median

    @property
    def share_of_peak(self) -> float | None:
        """Of the measured peak of operations, 0..1."""
        return None if self.ceiling is None else self.flops / self.ceiling.roof.flops

    @property
    def share_of_bandwidth(self) -> float | None:
        """Of the measured bandwidth, 0..1."""
        return None if self.ceiling is None else self.bandwidth / self.ceiling.roof.bandwidth

    @property
    def share_of_roof(self) -> float | None:
        """Of the speed that the roofline allows, 0..1: the larger of the two shares."""
        return None if self.ceiling is None else self.ceiling.roof.seconds(self.work) / self.timing.median

    @property
    def joules(self) -> float | None:
        """Energy of a frame."""
        return None if self.timing.joules_per_call is None else self.timing.joules_per_call / self.batch

    def as_json(self) -> dict[str, object]:
        """For `json.dump`: SI units, shares 0..1, null for what is not known."""
        times = {f"p{share}": self.timing.percentile(share / 100) for share in (50, 95, 99)}
        return {
            "model": self.model.name,
            "model_sha256": self.model.digest,
            "engine": asdict(self.engine),
            "size": list(self.size),
            "batch": self.batch,
            "calls": self.timing.calls,
            "fps": self.fps,
            "seconds": {"median": self.timing.median, **times, "first": self.first},
            "gmac": self.work.flop / 2e9,
            "least_bytes": self.work.least_bytes,
            "flops": self.flops,
            "bandwidth": self.bandwidth,
            "share_of_peak": self.share_of_peak,
            "share_of_bandwidth": self.share_of_bandwidth,
            "share_of_roof": self.share_of_roof,
            "joules_per_frame": self.joules,
            "memory_bytes": self.memory,
        }


@dataclass(frozen=True, slots=True)
class LeftOut:
    """What was asked for and not measured, and why."""

    what: str
    reason: str


@dataclass(frozen=True, slots=True)
class Report:
    """Everything of one run.

    Attributes:
        complete: False when it was interrupted: figures are those of the calls made so far.
        energy: in words, what the energy is that of.
    """

    machine: Machine
    results: tuple[Result, ...]
    ceilings: tuple[Ceiling, ...]
    left_out: tuple[LeftOut, ...]
    energy: str
    complete: bool

    def as_json(self) -> dict[str, object]:
        """For `json.dump`."""
        return {
            "machine": asdict(self.machine),
            "complete": self.complete,
            "energy": self.energy,
            "ceilings": [asdict(ceiling) for ceiling in self.ceilings],
            "results": [result.as_json() for result in self.results],
            "left_out": [asdict(each) for each in self.left_out],
        }
