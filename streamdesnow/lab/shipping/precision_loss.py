"""What a model loses in a lower precision, in decibels against the truth."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import chain, islice

from streamdesnow.config.engine import EngineConfig
from streamdesnow.lab.data.pairs import Pair, Pairs
from streamdesnow.lab.scoring.clip_score import ClipScore
from streamdesnow.lab.scoring.evaluate import Evaluation, evaluate
from streamdesnow.lab.scoring.methods import Method
from streamdesnow.models.folder import ModelFolder
from streamdesnow.restore.desnower import Desnower
from streamdesnow.restore.stream import Stream

__all__ = ["REFERENCE", "PrecisionLoss", "score_precisions"]

REFERENCE = "fp32"
_REGIONS = {"all": "psnr", "still": "psnr_still", "moving": "psnr_moving"}


@dataclass(frozen=True, slots=True)
class PrecisionLoss:
    """One region of one clip in one precision.

    Attributes:
        clip: name of the pairs.
        region: `all`, `still` or `moving` pixels.
        precision: as in `engine.precision`.
        before: PSNR of the snowy input, dB.
        reference: PSNR in float32, dB.
        after: PSNR in this precision, dB.
    """

    clip: str
    region: str
    precision: str
    before: float
    reference: float
    after: float

    @property
    def lost(self) -> float:
        """dB; negative if it gained."""
        return self.reference - self.after


def score_precisions(
    model: ModelFolder, precisions: Sequence[str], pairs: Pairs, *, skip: int = 12, block: int | None = None
) -> Iterator[PrecisionLoss]:
    """Clean the same frames in float32 and in each of the precisions, on the CPU.

    Args:
        model: with a twin in eight bits, if `int8` is among the precisions.
        precisions: as in `engine.precision`.
        pairs: frames of one camera.
        skip: frames that are cleaned but not scored, while memories fill.
        block: score every so many frames apart, to see whether errors build up.

    Raises:
        EngineUnavailable: this machine cannot run one of them.
    """
    with ExitStack() as stack:
        methods: dict[str, Method] = {"input": lambda: lambda image: image}
        for name in (REFERENCE, *precisions):
            config = EngineConfig.model_validate({"precision": name, "require": "cpu"})
            methods[name] = _going_on(stack.enter_context(Desnower(model, config)).stream())
        for part in _parts(pairs, skip, block):
            yield from _losses(evaluate(part, methods, part.skip), precisions)


@dataclass(frozen=True, slots=True)
class _Part:
    """Some frames of a film, the first of them perhaps not to be scored."""

    name: str
    frames: Iterable[Pair]
    skip: int
    video: bool = True

    def __iter__(self) -> Iterator[Pair]:
        return iter(self.frames)


def _parts(pairs: Pairs, skip: int, block: int | None) -> Iterator[_Part]:
    if block is None:
        yield _Part(pairs.name, pairs, skip)
        return
    frames = iter(pairs)
    start = skip
    # A part is looked into before it is scored: the film may end where the one before did.
    while first := list(islice(frames, skip + 1 if start == skip else 1)):
        length = block + len(first) - 1
        part = chain(first, islice(frames, block - 1))
        yield _Part(f"{pairs.name}, frames {start}-{start + block - 1}", part, length - block)
        start += block


def _going_on(stream: Stream) -> Method:
    """The same stream in every part: its memory is what is tried."""
    return lambda: stream


def _losses(evaluation: Evaluation, precisions: Sequence[str]) -> Iterator[PrecisionLoss]:
    for region, key in _REGIONS.items():
        for precision in precisions:
            before, reference, after = (
                _psnr(evaluation.scores[name], key) for name in ("input", REFERENCE, precision)
            )
            yield PrecisionLoss(evaluation.name, region, precision, before, reference, after)


def _psnr(score: ClipScore, key: str) -> float:
    return float(getattr(score, key))
