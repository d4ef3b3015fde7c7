"""One way to treat snow, on one scene: what was found, and what that is worth."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import add

from streamdesnow.detect.detection import Detection
from streamdesnow.lab.scoring.detection.average_precision import AveragePrecision, average_precision
from streamdesnow.lab.scoring.detection.breaks import TrackScore, follow, score_tracks
from streamdesnow.lab.scoring.detection.matching import Counts, count

__all__ = ["Frames", "Score", "Trial", "pooled", "recovered"]

Frames = tuple[tuple[Detection, ...], ...]
"""What was found in each frame."""


@dataclass(frozen=True, slots=True)
class Score:
    """What a detector made of a way to treat snow.

    Attributes:
        precision: over all confidences.
        counts: of what is at least as sure as the trial asks for.
        tracks: None for photographs.
    """

    precision: AveragePrecision
    counts: Counts
    tracks: TrackScore | None


@dataclass(frozen=True, slots=True)
class Trial:
    """One arm on one scene under one kind of snow.

    Attributes:
        scene: a clip, or a set of photographs.
        level: how hard it snows; `none`: the scene as it is.
        arm: `input`, or how the snow was treated.
        found: with all confidences.
        truth: what is there.
        confidence: what counts as found, beside average precision.
        fps: how many of the frames there are in a second; None for photographs.
    """

    scene: str
    level: str
    arm: str
    found: Frames
    truth: Frames
    confidence: float
    fps: float | None = None

    def counts(self) -> Counts:
        """Found, missed and made up."""
        return reduce(add, map(count, self._sure(), self.truth), Counts())

    def tracks(self) -> TrackScore | None:
        """How well tracks hold; None for photographs."""
        if self.fps is None:
            return None
        truth = follow(self.truth, self.fps, self.confidence)
        return score_tracks(follow(self._sure(), self.fps, self.confidence), truth)

    def _sure(self) -> Frames:
        return tuple(
            tuple(each for each in frame if each.confidence >= self.confidence) for frame in self.found
        )


def pooled(trials: Sequence[Trial]) -> Score:
    """The score of one arm over one or more scenes, as if their frames were one set."""
    tracks = [each for each in (trial.tracks() for trial in trials) if each is not None]
    return Score(
        average_precision(_all(trial.found for trial in trials), _all(trial.truth for trial in trials)),
        reduce(add, (trial.counts() for trial in trials), Counts()),
        reduce(add, tracks) if tracks else None,
    )


def recovered(clean: float, snowy: float, cleaned: float) -> float | None:
    """Share of what snow took that cleaning brings back: (cleaned - snowy) / (clean - snowy).

    Returns:
        1 for all of it, above 1 for more, below 0 where cleaning takes still more; None where snow took less
        than a hundredth, or nothing is known (NaN), so that the share would mean nothing.
    """
    lost = clean - snowy
    return (cleaned - snowy) / lost if lost >= 0.01 and cleaned == cleaned else None


def _all(many: Iterable[Frames]) -> list[tuple[Detection, ...]]:
    return [frame for frames in many for frame in frames]
