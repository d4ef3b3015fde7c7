"""What a GPU that is not here could reach, and how that is guessed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass

from streamdesnow.bench.report import Result
from streamdesnow.bench.traffic import bytes_per_pixel
from streamdesnow.bench.work import WIDTHS, network_work
from streamdesnow.models.folder import ModelFolder

__all__ = ["PROFILES", "TARGETS", "Gpu", "Projection", "project"]


@dataclass(frozen=True, slots=True)
class Gpu:
    """A card by its data sheet. Attributes: flops: float32, a second; bandwidth: bytes a second."""

    name: str
    flops: float
    bandwidth: float


PROFILES = {
    "titan-x": (
        Gpu("Titan X (Maxwell)", 6.7e12, 336e9),
        Gpu("Titan X (Pascal)", 11e12, 480e9),
    )
}

TARGETS = {("fixed-camera", (1920, 1080)): 30.0}
"""Frames a second that a model is meant to reach there."""

_TARGET_SIZE = (1920, 1080)


@dataclass(frozen=True, slots=True)
class Projection:
    """One model on one card.

    Attributes:
        size: (width, height).
        utilisation: of the roofline, 0..1: measured here, or given.
        stated: it was given.
        compute, transfer: seconds a frame that computing and moving would take at that utilisation.
        target: frames a second that are wanted; None: nothing was promised.
        needed: the utilisation that the target takes; None without one.
    """

    model: str
    gpu: str
    size: tuple[int, int]
    utilisation: float
    stated: bool
    compute: float
    transfer: float
    target: float | None
    needed: float | None

    @property
    def fps(self) -> float:
        """Frames a second."""
        return 1 / max(self.compute, self.transfer)

    def as_json(self) -> dict[str, object]:
        """For `json.dump`; says what kind of figure it is."""
        return {"kind": "projection, not a measurement", **asdict(self), "fps": self.fps}


def project(
    results: Iterable[Result], gpus: Iterable[Gpu], efficiency: float | None = None
) -> list[Projection]:
    """Project every model that was measured, at the sizes at which it was measured and at 1920x1080.

    time = max(compute / (peak * utilisation), bytes / (bandwidth * utilisation)), in float32, with what each
    operation reads and writes as bytes (`bytes_per_pixel`; where that cannot be counted, what no engine gets
    around moving). Utilisation is the share of this machine's measured peak of operations that the model
    reached here, at its largest size with one frame a call, on the best of its engines. It stands for memory
    too, because a processor's caches would flatter a share of its bandwidth.

    Args:
        results: of `bench`.
        gpus: cards to project to.
        efficiency: use this utilisation, 0..1, instead.
    """
    measured = [result for result in results if result.batch == 1]
    projections = []
    for model in {result.model.digest: result.model for result in measured}.values():
        own = [result for result in measured if result.model.digest == model.digest]
        traffic = bytes_per_pixel(model)
        utilisation = efficiency or _utilisation(own)
        if utilisation is None:
            continue
        for gpu in gpus:
            for size in sorted({result.size for result in own} | {_TARGET_SIZE}):
                compute, transfer = _ideal(model, size, gpu, traffic)
                target = TARGETS.get((model.name, size))
                projections.append(
                    Projection(
                        model.name,
                        gpu.name,
                        size,
                        utilisation,
                        efficiency is not None,
                        compute / utilisation,
                        transfer / utilisation,
                        target,
                        None if target is None else target * max(compute, transfer),
                    )
                )
    return projections


def _ideal(model: ModelFolder, size: tuple[int, int], gpu: Gpu, traffic: float | None) -> tuple[float, float]:
    """Seconds that a frame takes to compute, and to move, on a card that is used to the full."""
    work = network_work(model.card, size, 1, "fp32")
    moved = work.least_bytes
    if traffic is not None:
        moved = traffic * size[0] * size[1] + WIDTHS["fp32"] * model.card.parameters
    return work.flop / gpu.flops, moved / gpu.bandwidth


def _utilisation(results: list[Result]) -> float | None:
    """Of this machine's peak of operations; None if that was not measured."""
    largest = max(result.size[0] * result.size[1] for result in results)
    shares = [
        result.share_of_peak
        for result in results
        if result.share_of_peak is not None and result.size[0] * result.size[1] == largest
    ]
    return min(1.0, max(shares)) if shares else None
