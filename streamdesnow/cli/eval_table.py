"""Scores as a table."""

from __future__ import annotations

import math
from collections.abc import Callable

from rich.box import SIMPLE_HEAD
from rich.table import Table

from streamdesnow.lab.clip_score import ClipScore
from streamdesnow.lab.evaluate import Evaluation

__all__ = ["score_table"]

_COLUMNS: tuple[tuple[str, Callable[[ClipScore], str]], ...] = (
    ("PSNR", lambda score: _figure(score.psnr, 2)),
    ("still", lambda score: _figure(score.psnr_still, 2)),
    ("moving", lambda score: _figure(score.psnr_moving, 2)),
    ("Y", lambda score: _figure(score.psnr_y, 2)),
    ("SSIM", lambda score: _figure(score.ssim, 3)),
    ("flicker", lambda score: _figure(score.flicker, 2)),
    ("worse", lambda score: f"{_share(score.worse_still)} / {_share(score.worse_moving)}"),
)


def score_table(evaluation: Evaluation) -> Table:
    """A row a method; what does not apply is left out as a dash."""
    first = next(iter(evaluation.scores.values()), None)
    caption = None
    if first is not None:
        caption = f"{first.frames} frames scored, the first {evaluation.skip} skipped"
        if first.moving > 0:
            caption += f"; {100 * first.moving:.1f} % of pixels move\nworse: % of still / moving pixels"
    table = Table(title=evaluation.name, caption=caption, box=SIMPLE_HEAD, padding=(0, 1, 0, 0))
    table.add_column("method", no_wrap=True)
    for heading, _ in _COLUMNS:
        table.add_column(heading, justify="right", no_wrap=True)
    for method, score in evaluation.scores.items():
        table.add_row(method, *(text(score) for _, text in _COLUMNS))
    return table


def _figure(value: float, digits: int) -> str:
    if math.isnan(value):
        return "-"
    return "inf" if math.isinf(value) else f"{value:.{digits}f}"


def _share(value: float) -> str:
    return "-" if math.isnan(value) else f"{100 * value:.1f}"
