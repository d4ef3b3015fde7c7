"""Scores as a table."""

from __future__ import annotations

import math
from collections.abc import Callable

from rich.box import SIMPLE_HEAD
from rich.table import Table

from streamdesnow.lab.scoring.clip_score import ClipScore
from streamdesnow.lab.scoring.evaluate import Evaluation

__all__ = ["picture_table", "score_table"]

_MOST_PICTURES = 40

_COLUMNS: tuple[tuple[str, Callable[[ClipScore], str]], ...] = (
    ("PSNR", lambda score: _figure(score.psnr, 2)),
    ("still", lambda score: _figure(score.psnr_still, 2)),
    ("moving", lambda score: _figure(score.psnr_moving, 2)),
    ("Y", lambda score: _figure(score.psnr_y, 2)),
    ("SSIM", lambda score: _figure(score.ssim, 3)),
    ("LPIPS", lambda score: _figure(score.lpips, 4)),
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
    rows = {m: [text(score) for _, text in _COLUMNS] for m, score in evaluation.scores.items()}
    # LPIPS is only there when its weights were given.
    shown = [n for n, (name, _) in enumerate(_COLUMNS) if name != "LPIPS" or _any(rows, n)]
    for n in shown:
        table.add_column(_COLUMNS[n][0], justify="right", no_wrap=True)
    for method, row in rows.items():
        table.add_row(method, *(row[n] for n in shown))
    return table


def picture_table(evaluation: Evaluation) -> Table | None:
    """A row a picture, PSNR / SSIM of every method; the first ones of many. None for video."""
    if not evaluation.pictures:
        return None
    left = len(evaluation.pictures) - _MOST_PICTURES
    caption = f"{left} more are in scores.json" if left > 0 else None
    table = Table(title=f"{evaluation.name}: PSNR / SSIM", caption=caption, box=SIMPLE_HEAD)
    table.add_column("picture", no_wrap=True)
    for method in evaluation.scores:
        table.add_column(method, justify="right", no_wrap=True)
    for picture in evaluation.pictures[:_MOST_PICTURES]:
        scores = picture.scores.values()
        table.add_row(picture.name, *(f"{_figure(s.psnr, 2)} / {_figure(s.ssim, 3)}" for s in scores))
    return table


def _any(rows: dict[str, list[str]], column: int) -> bool:
    return any(row[column] != "-" for row in rows.values())


def _figure(value: float, digits: int) -> str:
    if math.isnan(value):
        return "-"
    return "inf" if math.isinf(value) else f"{value:.{digits}f}"


def _share(value: float) -> str:
    return "-" if math.isnan(value) else f"{100 * value:.1f}"
