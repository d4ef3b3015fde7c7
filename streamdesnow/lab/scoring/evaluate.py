"""Scores methods on pairs of snowy and snow-free pictures, side by side."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass

from streamdesnow.frame import Image
from streamdesnow.lab.data.pairs import Pair, Pairs
from streamdesnow.lab.scoring.clip_score import ClipScore, PictureScore, Scorer
from streamdesnow.lab.scoring.methods import Method

__all__ = ["Evaluation", "PictureResult", "Sample", "evaluate"]

_SAMPLES = 3


@dataclass(frozen=True, slots=True, eq=False)
class Sample:
    """One pair with what every method made of it, for the contact sheet."""

    index: int
    pair: Pair
    outputs: Mapping[str, Image]


@dataclass(frozen=True, slots=True)
class PictureResult:
    """What every method scored on one picture."""

    name: str
    scores: Mapping[str, PictureScore]


@dataclass(frozen=True, slots=True, eq=False)
class Evaluation:
    """Scores of every method on the same pairs.

    Attributes:
        name: of the pairs.
        skip: frames at the start that were cleaned but not scored.
        scores: by method, in the order in which they were given.
        samples: a few pairs, evenly spread.
        pictures: what was scored, one by one; empty for video.
    """

    name: str
    skip: int
    scores: Mapping[str, ClipScore]
    samples: tuple[Sample, ...]
    pictures: tuple[PictureResult, ...] = ()

    def as_json(self) -> dict[str, object]:
        """For `json.dump`; what is infinite or does not apply is null."""
        pictures = [{"name": picture.name, "scores": _plain(picture.scores)} for picture in self.pictures]
        whole: dict[str, object] = {"name": self.name, "skip": self.skip, "scores": _plain(self.scores)}
        return whole | ({"pictures": pictures} if pictures else {})


def evaluate(
    pairs: Pairs,
    methods: Mapping[str, Method],
    skip: int = 12,
    report: Callable[[int], None] = lambda done: None,
    perceptual: Callable[[Image, Image], float] | None = None,
) -> Evaluation:
    """Run every method over the pairs and score it.

    Args:
        pairs: what to score on.
        methods: by name; each starts without memories.
        skip: frames of a video that are cleaned but not scored, while memories fill; stills skip none.
        report: called with the number of frames done.
        perceptual: LPIPS or the like, of an output and its truth; takes longer than all else.

    Raises:
        ValueError: a method changed the size of a picture.
        StreamDesnowError: a clip cannot be read, a model failed.
    """
    skip = skip if pairs.video else 0
    running = {name: make() for name, make in methods.items()}
    scorers = {name: Scorer(perceptual) for name in methods}
    samples = _Samples()
    pictures: list[PictureResult] = []
    for index, pair in enumerate(pairs):
        outputs = {name: restore(pair.snowy) for name, restore in running.items()}
        if index >= skip:
            scored = {
                name: scorers[name].add(pair.snowy, pair.truth, output, pair.moving)
                for name, output in outputs.items()
            }
            if not pairs.video:
                pictures.append(PictureResult(pair.name or str(index), scored))
            samples.offer(Sample(index, pair, outputs))
        report(index + 1)
    scores = {name: scorer.score() for name, scorer in scorers.items()}
    return Evaluation(pairs.name, skip, scores, samples.chosen(), tuple(pictures))


class _Samples:
    """Keeps a few, evenly spread, of a number that is not known beforehand."""

    def __init__(self) -> None:
        self._kept: list[Sample] = []
        self._stride, self._offered = 1, 0

    def offer(self, sample: Sample) -> None:
        if self._offered % self._stride == 0:
            self._kept.append(sample)
        self._offered += 1
        if len(self._kept) > 2 * _SAMPLES:
            self._kept, self._stride = self._kept[::2], 2 * self._stride

    def chosen(self) -> tuple[Sample, ...]:
        count = min(_SAMPLES, len(self._kept))
        places = [round((number + 1) * (len(self._kept) - 1) / max(count, 1)) for number in range(count)]
        return tuple(self._kept[place] for place in places)


def _plain(scores: Mapping[str, ClipScore] | Mapping[str, PictureScore]) -> dict[str, dict[str, object]]:
    return {
        method: {key: _finite(value) for key, value in asdict(score).items()}
        for method, score in scores.items()
    }


def _finite(value: float | int) -> float | int | None:
    return value if math.isfinite(value) else None
