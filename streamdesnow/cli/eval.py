"""`streamdesnow eval`: how good are models, beside the input and simple filters?"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import cv2
import typer
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from streamdesnow.cli.console import error_console, output_console
from streamdesnow.cli.eval_table import picture_table, score_table
from streamdesnow.cli.lab_extra import require_lab
from streamdesnow.cli.options import EngineOption, EngineWord
from streamdesnow.cli.snow_options import SnowLevel, SnowStyle
from streamdesnow.errors import ConfigError
from streamdesnow.frame import Image
from streamdesnow.lab.data.open_pairs import SnowChoice, open_pairs
from streamdesnow.lab.data.pairs import Pairs
from streamdesnow.lab.scoring.contact_sheet import contact_sheet
from streamdesnow.lab.scoring.evaluate import Evaluation, evaluate
from streamdesnow.lab.scoring.methods import STILL_BASELINES, Method, baselines, model_methods
from streamdesnow.restore.desnower import Desnower
from streamdesnow.storage.write import atomic_write, check_writable

__all__ = ["command"]

Perceptual = Callable[[Image, Image], float] | None


class Baseline(StrEnum):
    """What cleans one picture without a network."""

    ZHENG2013 = "zheng2013"


def command(
    sources: Annotated[
        list[str],
        typer.Argument(
            metavar="SOURCE...",
            help="A snow-free clip or folder of photographs to draw snow over, a folder that `streamdesnow "
            "simulate` wrote, a folder with folders `snowy` and `truth` of pictures, a data set in the "
            "layout of Snow100K, CSD or SRRS, or `street`, the simulated camera.",
        ),
    ],
    model: Annotated[
        list[str] | None,
        typer.Option("--model", "-m", help="Name or folder of a model; may be repeated."),
    ] = None,
    only_baselines: Annotated[
        bool, typer.Option("--only-baselines", help="Score no model, only what does without one.")
    ] = False,
    baseline: Annotated[
        list[Baseline] | None,
        typer.Option("--baseline", help="Score this method too, which needs no network; may be repeated."),
    ] = None,
    lpips: Annotated[
        Path | None,
        typer.Option(
            "--lpips", help="Weights alex_shift_tolerant.pth: score shift-tolerant LPIPS too (needs torch)."
        ),
    ] = None,
    truth: Annotated[
        Path | None, typer.Option("--truth", help="The source without snow: a clip, or a folder of pictures.")
    ] = None,
    snow: Annotated[
        list[SnowLevel] | None,
        typer.Option("--snow", help="How hard it snows; may be repeated. Default: heavy."),
    ] = None,
    input_psnr: Annotated[
        float | None,
        typer.Option(
            "--input-psnr",
            metavar="DB",
            min=5,
            max=60,
            help="Draw flakes as opaque as brings every clip's input to this PSNR, and more of them where "
            "that does not suffice, so that clips compare. Default: a level is the same snow in all, which "
            "costs dark scenes more.",
        ),
    ] = None,
    style: Annotated[
        list[SnowStyle] | None,
        typer.Option(
            "--style",
            help="How snow is drawn; may be repeated. No model ever trains on streaks. Default: streaks.",
        ),
    ] = None,
    width: Annotated[
        int, typer.Option("--width", min=0, help="Scale snow-free clips to this width; 0 keeps their size.")
    ] = 480,
    skip: Annotated[
        int, typer.Option("--skip", min=0, help="Frames of a clip that are cleaned but not scored.")
    ] = 12,
    frames: Annotated[
        int, typer.Option("--frames", min=0, help="At most this many frames of each source; 0 for all.")
    ] = 0,
    seed: Annotated[int, typer.Option("--seed", help="Of the drawn snow.")] = 7,
    engine: EngineOption = EngineWord.AUTO,
    output: Annotated[
        Path, typer.Option("--output", "-o", help="Folder for scores (JSON) and contact sheets (PNG).")
    ] = Path("out/eval"),
) -> None:
    """Score models against known truth.

    Every table also shows the snowy input and, for clips, causal medians of 3, 5 and 9 frames and a running
    low quantile. Still and moving pixels are scored apart: what moves is why the camera is there. "Worse" is
    the share of pixels that came out clearly further from the truth than they went in.
    """
    choice = SnowChoice(
        tuple(snow or [SnowLevel.HEAVY]),
        tuple(style or [SnowStyle.STREAKS]),
        width or None,
        frames or None,
        seed,
        input_psnr,
    )
    names = [] if only_baselines else list(model or ["fixed-camera"])
    pairs = [(source, each) for source in sources for each in open_pairs(source, truth, choice)]
    titles = _told_apart([(source, each.name) for source, each in pairs])
    perceptual = _perceptual(lpips)
    check_writable("eval", output)
    done: list[Evaluation] = []
    for title, (_, each) in zip(titles, pairs, strict=True):
        with _methods(names, engine, each.video) as methods:
            extra = {name: STILL_BASELINES[name] for name in baseline or []}
            evaluation = replace(_run(each, methods | extra, skip, perceptual), name=title)
        if not evaluation.samples:
            raise ConfigError(f"{title}: has no more frames than --skip {skip} leaves out; skip fewer")
        done.append(evaluation)
        for table in (picture_table(evaluation), score_table(evaluation)):
            if table is not None:
                output_console().print(table)
        _save_sheet(evaluation, output)
    scores = output / "scores.json"
    text = json.dumps([evaluation.as_json() for evaluation in done], indent=2)
    atomic_write("eval", scores, f"{text}\n".encode())
    output_console().print(f"scores  {scores}\nsheets  {output}/*.png", soft_wrap=True)


def _told_apart(named: list[tuple[str, str]]) -> list[str]:
    """Names of what comes from sources, with the folders of those that share one in front of it."""
    folders = [Path(source).absolute().parts[:-1] for source, _ in named]
    titles = [name for _, name in named]
    for depth in range(1, max(map(len, folders), default=0)):
        count = Counter(titles)
        for number, parts in enumerate(folders):
            if count[titles[number]] > 1 and depth < len(parts):
                titles[number] = f"{parts[-depth]} {titles[number]}"
    return titles


@contextmanager
def _methods(models: list[str], engine: EngineWord, video: bool) -> Iterator[dict[str, Method]]:
    names = list(dict.fromkeys(models))
    titles = _told_apart([(name, Path(name).name) for name in names])
    with ExitStack() as stack:
        streams = {}
        for name, title in zip(names, titles, strict=True):
            desnower = stack.enter_context(Desnower(name, engine.value))
            streams[title] = desnower.stream
        yield baselines(video) | model_methods(streams, video)


def _perceptual(weights: Path | None) -> Perceptual:
    if weights is None:
        return None
    require_lab()
    from streamdesnow.lab.scoring.lpips import Lpips

    return Lpips(weights)


def _run(pairs: Pairs, methods: dict[str, Method], skip: int, perceptual: Perceptual) -> Evaluation:
    columns = (SpinnerColumn(), TextColumn("{task.description}"), TextColumn("{task.completed} frames"))
    with Progress(*columns, TimeElapsedColumn(), console=error_console(), transient=True) as progress:
        bar = progress.add_task(pairs.name, total=None)
        return evaluate(pairs, methods, skip, lambda count: progress.update(bar, completed=count), perceptual)


def _save_sheet(evaluation: Evaluation, folder: Path) -> None:
    path = folder / f"{evaluation.name.replace(' ', '-')}.png"
    _, png = cv2.imencode(".png", contact_sheet(evaluation))
    atomic_write("eval", path, png.tobytes())
