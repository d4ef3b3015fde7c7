"""`streamdesnow bench`: how fast, and how close to what this machine can do."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated, Literal

import typer
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from streamdesnow.bench.bench import bench
from streamdesnow.bench.choice import Choice
from streamdesnow.bench.projection import PROFILES, Projection, project
from streamdesnow.bench.report import Report
from streamdesnow.bench.roofline import draw_roofline, pyplot
from streamdesnow.cli.bench_table import notes, projection_notes, projection_table, result_table
from streamdesnow.cli.console import error_console, output_console
from streamdesnow.cli.interruption import Interruption
from streamdesnow.cli.snow_options import frame_size
from streamdesnow.cli.stop_signals import INTERRUPTED
from streamdesnow.errors import EngineUnavailable, StorageFailed
from streamdesnow.models.find import find_model, list_models
from streamdesnow.storage.write import atomic_write, check_writable

__all__ = ["command"]

_QUICK = (640, 360)


def command(
    model: Annotated[
        list[str] | None,
        typer.Option("--model", "-m", help="Name or folder of a model; may be repeated. Default: all."),
    ] = None,
    engine: Annotated[
        list[str] | None,
        typer.Option(
            "--engine",
            "-e",
            help="auto, cpu, cuda, tensorrt, a library, or all: each that works here; may be repeated. "
            "Default: auto.",
        ),
    ] = None,
    precision: Annotated[
        list[str] | None,
        typer.Option("--precision", "-p", help="auto, fp32, bf16 ...; may be repeated. Default: auto."),
    ] = None,
    size: Annotated[
        list[str] | None,
        typer.Option("--size", "-s", help="WIDTHxHEIGHT; may be repeated. Default: 640x360, 1280x720."),
    ] = None,
    batch: Annotated[
        list[int] | None,
        typer.Option("--batch", "-b", min=1, help="Frames in a call; may be repeated. Default: 1."),
    ] = None,
    threads: Annotated[
        int | None, typer.Option("--threads", min=1, help="Of the processor. Default: all.")
    ] = None,
    rounds: Annotated[int, typer.Option("--rounds", min=1, help="How often each has its turn.")] = 3,
    seconds: Annotated[float, typer.Option("--seconds", min=0, help="Of a turn; one call at least.")] = 1.5,
    quick: Annotated[bool, typer.Option("--quick", help="640x360 only, in turns of half a second.")] = False,
    ceilings: Annotated[
        bool, typer.Option("--ceilings/--no-ceilings", help="Measure what this machine can reach too.")
    ] = True,
    profile: Annotated[
        Literal["titan-x"] | None,
        typer.Option("--profile", help="Project to a card that is not here, and say how."),
    ] = None,
    efficiency: Annotated[
        float | None,
        typer.Option(
            "--efficiency",
            min=0.01,
            max=1.0,
            help="For --profile: this share of its roofline. Default: as here.",
        ),
    ] = None,
    json_file: Annotated[
        Path | None, typer.Option("--json", help="Write everything as JSON; - prints it instead of tables.")
    ] = None,
    plot: Annotated[Path | None, typer.Option("--plot", help="Draw the roofline as PNG.")] = None,
) -> None:
    """Measure how fast models run here, and how close that is to what this machine can do.

    Everything takes turns, so that whatever else the machine does disturbs all alike. Peak and bandwidth are
    measured in the same turns, through the same engine in the same precision. Ctrl-C ends early with what was
    measured so far.
    """
    if plot is not None:
        pyplot()
    for path in (plot, json_file):
        if path is not None and str(path) != "-":
            check_writable("bench", path.parent)
    sizes = [each for each in map(frame_size, size or []) if each] or (
        [_QUICK] if quick else [_QUICK, (1280, 720)]
    )
    choice = Choice(
        models=tuple(find_model(name) for name in model) if model else tuple(list_models()),
        engines=tuple(engine or ["auto"]),
        precisions=tuple(precision or ["auto"]),
        sizes=tuple(sizes),
        batches=tuple(batch or [1]),
        threads=threads,
        rounds=2 if quick else rounds,
        seconds=0.5 if quick else seconds,
        ceilings=ceilings,
    )
    report = _measured(choice)
    projections = project(report.results, PROFILES[profile], efficiency) if profile else []
    _write(report, projections, json_file)
    if plot is not None:
        _draw(report, plot)
    if not report.complete:
        raise typer.Exit(INTERRUPTED)
    if not report.results:
        reasons = "\n".join(f"{each.what}: {each.reason}" for each in report.left_out)
        raise EngineUnavailable(f"nothing of what was asked for runs here\n{reasons}")


def _measured(choice: Choice) -> Report:
    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.percentage:.0f} %"))
    with (
        Interruption() as interruption,
        Progress(*columns, TimeElapsedColumn(), console=error_console(), transient=True) as progress,
    ):
        bar = progress.add_task("", total=1.0)

        def tell(what: str, share: float) -> None:
            interruption.check()
            progress.update(bar, description=what, completed=share)

        return bench(choice, tell)


def _write(report: Report, projections: list[Projection], json_file: Path | None) -> None:
    content = {**report.as_json(), "projections": [each.as_json() for each in projections]}
    text = json.dumps(content, indent=2) + "\n"
    if str(json_file) == "-":
        sys.stdout.write(text)
        return
    if json_file is not None:
        atomic_write("bench", json_file, text.encode())
    console = output_console()
    if report.results:
        console.print(result_table(report))
    for line in notes(report):
        console.print(line, soft_wrap=True, markup=False)
    if projections:
        console.print()
        console.print(projection_table(projections))
        for line in projection_notes(projections):
            console.print(line, soft_wrap=True, markup=False)


def _draw(report: Report, plot: Path) -> None:
    try:
        draw_roofline(report, plot)
    except OSError as error:
        raise StorageFailed(f"{plot}: cannot be written: {error.strerror}") from error
    error_console().print(f"roofline  {plot}", soft_wrap=True)
