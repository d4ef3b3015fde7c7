"""Trials as a table, as JSON, and in words: what was recovered, and where cleaning does harm."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from streamdesnow.lab.scoring.detection.trial import Score, Trial, pooled, recovered

__all__ = ["ALL", "INPUT", "NONE", "Row", "findings", "markdown", "rows"]

INPUT = "input"
NONE = "none"
ALL = "all"
_HEAD = (
    "scene",
    "snow",
    "arm",
    "mAP50",
    "mAP50-95",
    "recovered",
    "precision",
    "recall",
    "F1",
    "breaks",
    "never",
)
_HARM = 0.005
_LESS = 1e-9


@dataclass(frozen=True, slots=True)
class Row:
    """One line: an arm on a scene.

    Attributes:
        recovered: share of the mAP50 that snow took which the arm brings back; None where that means nothing.
    """

    scene: str
    level: str
    arm: str
    score: Score
    recovered: float | None

    def as_json(self) -> dict[str, object]:
        """Plain values; None for what is not known."""
        counts, tracks = self.score.counts, self.score.tracks
        shares = {
            "map50": self.score.precision.map50,
            "map50_95": self.score.precision.map50_95,
            "recovered": self.recovered,
            "precision": counts.precision,
            "recall": counts.recall,
            "f1": counts.f1,
        }
        known = {name: value if _known(value) else None for name, value in shares.items()}
        plain: dict[str, object] = {"scene": self.scene, "snow": self.level, "arm": self.arm, **known}
        plain |= {"hits": counts.hits, "misses": counts.misses, "extras": counts.extras}
        if tracks is not None:
            plain |= {"tracks": tracks.tracks, "breaks": tracks.breaks, "never_found": tracks.never}
        return plain


def rows(trials: Sequence[Trial]) -> list[Row]:
    """Every arm on every scene and, where there is more than one scene, on all of them together."""
    scenes = list(dict.fromkeys(trial.scene for trial in trials))
    result = [
        row for scene in scenes for row in _rows(scene, [each for each in trials if each.scene == scene])
    ]
    return result + (list(_rows(ALL, trials)) if len(scenes) > 1 else [])


def _rows(scene: str, trials: Sequence[Trial]) -> Iterator[Row]:
    groups: dict[tuple[str, str], list[Trial]] = {}
    for trial in trials:
        groups.setdefault((trial.level, trial.arm), []).append(trial)
    scores = {key: pooled(group) for key, group in groups.items()}
    for (level, arm), score in scores.items():
        share = None
        if level != NONE and arm != INPUT and (NONE, INPUT) in scores:
            clean, snowy = scores[NONE, INPUT].precision.map50, scores[level, INPUT].precision.map50
            share = recovered(clean, snowy, score.precision.map50)
        yield Row(scene, level, arm, score, share)


def markdown(lines: Sequence[Row]) -> str:
    """A table; shares in per cent."""
    text = [f"| {' | '.join(_HEAD)} |", "|---|---|---|" + "---:|" * (len(_HEAD) - 3)]
    for row in lines:
        counts, tracks, precision = row.score.counts, row.score.tracks, row.score.precision
        shares = (
            precision.map50,
            precision.map50_95,
            row.recovered,
            counts.precision,
            counts.recall,
            counts.f1,
        )
        cells = [row.scene, row.level, row.arm, *map(_percent, shares)]
        cells += [str(tracks.breaks), f"{tracks.never} of {tracks.tracks}"] if tracks else ["", ""]
        text.append(f"| {' | '.join(cells)} |")
    return "\n".join(text)


def findings(lines: Sequence[Row]) -> list[str]:
    """What must not be overlooked: recall that cleaning lowers, and what it costs where no snow is."""
    by_key = {(row.scene, row.level, row.arm): row for row in lines}
    told = []
    for row in lines:
        if row.arm == INPUT:
            continue
        before = by_key[row.scene, row.level, INPUT].score
        recall, was = row.score.counts.recall, before.counts.recall
        lost = before.precision.map50 - row.score.precision.map50
        if row.level == NONE and lost > _HARM:
            told.append(f"{row.scene}, no snow: {row.arm} loses {100 * lost:.1f} mAP50")
        elif row.level != NONE and recall < was - _LESS:
            change = f"from {_percent(was)} to {_percent(recall)}"
            told.append(f"{row.scene}, {row.level}: {row.arm} lowers recall {change}")
    return told


def _percent(share: float | None) -> str:
    return f"{100 * share:.1f}" if share is not None and _known(share) else ""


def _known(share: float | None) -> bool:
    return share is not None and not math.isnan(share)
