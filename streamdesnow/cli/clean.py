"""`streamdesnow clean`: clean a picture, a folder of pictures, or a video file."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    ProgressColumn,
    Task,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.progress import Progress as Bar
from rich.text import Text

from streamdesnow.cli.console import error_console, output_console, print_error
from streamdesnow.cli.interruption import Interruption
from streamdesnow.cli.logs import logging_to
from streamdesnow.cli.options import EngineOption, EngineWord
from streamdesnow.cli.stop_signals import INTERRUPTED
from streamdesnow.config.gate import When
from streamdesnow.files.clean import clean_file
from streamdesnow.files.report import CleanReport, Progress

__all__ = ["command"]


class Moment(StrEnum):
    """When frames are cleaned."""

    ALWAYS = "always"
    SNOWING = "snowing"


_WHEN: dict[Moment, When] = {Moment.ALWAYS: "always", Moment.SNOWING: "snowing"}


def command(
    source: Annotated[
        str, typer.Argument(metavar="SRC", help="Picture, folder of pictures, or video.", show_default=False)
    ],
    destination: Annotated[
        Path,
        typer.Argument(
            metavar="DST",
            help="Where to; the ending chooses the format: .mp4, .mov, .mkv; .png, .jpg, ...",
            show_default=False,
        ),
    ],
    model: Annotated[
        str | None,
        typer.Option(
            "--model",
            "-m",
            help="Name or folder of a model. Default: fixed-camera for a film, still for pictures.",
            show_default=False,
        ),
    ] = None,
    engine: EngineOption = EngineWord.AUTO,
    when: Annotated[
        Moment,
        typer.Option(help="snowing: leave frames as they are while no snow falls in the video or folder."),
    ] = Moment.ALWAYS,
    side_by_side: Annotated[
        bool, typer.Option("--side-by-side", help="Write before and after beside each other.")
    ] = False,
    lossless: Annotated[
        bool,
        typer.Option(
            "--lossless",
            help="FFV1 for video (.mp4 keeps times exactly, .mkv to a millisecond), PNG for a folder.",
        ),
    ] = False,
    overwrite: Annotated[bool, typer.Option("--overwrite", "-f", help="Replace what is at DST.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print warnings and errors only.")] = False,
) -> None:
    """Clean a picture, a folder of pictures, or a video file.

    DST holds as many frames as SRC, at the same times, of the same size (H.264 stores even sizes only: an odd
    side grows by one; --lossless keeps it); of a picture file with several pages, the first. A video that
    breaks off half-way is cleaned as far as it goes, and the exit code is 3. Interrupted, or when the disk is
    full, nothing is left.
    """
    console = error_console()
    shown = console.is_terminal and not quiet
    try:
        with (
            logging_to("table" if shown else "lines", "warning", console),
            _bar(console, shown) as bar,
            Interruption() as interruption,
        ):

            def progress(done: int, total: int | None) -> None:
                interruption.check()
                bar(done, total)

            report = clean_file(
                source,
                destination,
                model,
                engine.value,
                side_by_side=side_by_side,
                lossless=lossless,
                overwrite=overwrite,
                when=_WHEN[when],
                progress=progress,
            )
    except KeyboardInterrupt:
        left = "holds the pictures cleaned so far" if destination.is_dir() else "was not written"
        print_error(f"interrupted; {destination} {left}")
        raise typer.Exit(INTERRUPTED) from None
    if not quiet:
        output_console().print(_summary(report), soft_wrap=True)


@contextlib.contextmanager
def _bar(console: Console, shown: bool) -> Iterator[Progress]:
    bar = Bar(
        TextColumn("cleaning"),
        BarColumn(),
        MofNCompleteColumn(),
        _Rate(),
        TimeElapsedColumn(),
        TextColumn("left"),
        TimeRemainingColumn(),
        console=console,
        disable=not shown,
        transient=True,
    )
    with bar:
        task = bar.add_task("cleaning", total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total and max(total, done))


class _Rate(ProgressColumn):
    """Frames per second."""

    def render(self, task: Task) -> Text:
        return Text("" if task.speed is None else f"{task.speed:.1f} fps")


def _summary(report: CleanReport) -> Text:
    width, height = report.size
    frames = f"{report.frames} frame" + ("" if report.frames == 1 else "s")
    cuts = f", {report.resets} scene cuts" if report.resets else ""
    return Text(
        f"{report.destination}: {frames} of {width}x{height}{cuts} in {report.seconds:.1f} s "
        f"({report.fps:.1f} fps), {report.model} on {report.engine}"
    )
