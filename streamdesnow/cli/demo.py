"""`streamdesnow demo`: the main job on a simulated snowy camera."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from streamdesnow.cli.console import error_console, output_console, print_error
from streamdesnow.cli.demo_detection import detection
from streamdesnow.cli.demo_pipeline import DemoFiles, demo_pipeline
from streamdesnow.cli.logs import logging_to
from streamdesnow.cli.run_summary import summary_table
from streamdesnow.cli.snow_options import SnowLevel, frame_size, seconds
from streamdesnow.cli.status_lines import StatusLines
from streamdesnow.cli.stop_signals import StopSignals, end_process
from streamdesnow.config.pipeline import PipelineConfig
from streamdesnow.pipeline.supervisor import Pipeline, Watch
from streamdesnow.status.snapshot import PipelineSnapshot

__all__ = ["command"]

_LINE_EVERY = 5.0


command = typer.Typer(
    invoke_without_command=True,
    add_completion=False,
    help="Clean a snowy street that streamdesnow draws itself.",
)
command.command("detection")(detection)


@command.callback()
def street(
    context: typer.Context,
    output: Annotated[Path, typer.Option("--output", "-o", help="Folder for the results.")] = Path(
        "out/demo"
    ),
    duration: Annotated[
        float | None, typer.Option(parser=seconds, metavar="TIME", help="Length of the film. Default: 10s.")
    ] = None,
    size: Annotated[
        str | None, typer.Option("--size", metavar="WxH", help="Frame size. Default: 960x540.")
    ] = None,
    snow: Annotated[
        SnowLevel | None, typer.Option("--snow", help="How hard it snows. Default: heavy.")
    ] = None,
    model: Annotated[
        str | None, typer.Option("--model", "-m", help="Another model than the pipeline file's.")
    ] = None,
) -> None:
    """Clean a snowy street that streamdesnow draws itself.

    Runs the shipped pipeline file demo.yaml and scores the result against the street without snow.
    Writes cleaned.mp4, before-after.mp4 and before-after.png.
    """
    if context.invoked_subcommand is not None:
        return
    files = DemoFiles(output)
    config = demo_pipeline(files, duration, frame_size(size), None if snow is None else snow.value, model)
    files.remove()
    console = error_console()
    pipeline = Pipeline(config, score=True)
    with StopSignals(pipeline.stop), _view(config, console) as watch:
        summary = pipeline.run(watch=watch)
    picture = files.take_picture()
    output_console().print(summary_table(summary, config), soft_wrap=True)
    for title, path in (
        ("cleaned", files.cleaned),
        ("before/after", files.before_after),
        ("picture", picture),
    ):
        if path is not None and path.is_file():
            output_console().print(f"{title:13} {path}", soft_wrap=True)
    if summary.problems:
        print_error("\n".join(summary.problems))
    if summary.abandoned:
        end_process(summary.exit_code)
    raise typer.Exit(summary.exit_code)


@contextlib.contextmanager
def _view(config: PipelineConfig, console: Console) -> Iterator[Watch]:
    """A progress bar on a terminal, a line now and then elsewhere."""
    if not console.is_terminal:
        with logging_to("lines", "info", console):
            yield StatusLines(_LINE_EVERY)
        return
    columns = (TextColumn("cleaning"), BarColumn(), MofNCompleteColumn(), TextColumn("frames"))
    rate = TextColumn("{task.fields[fps]:.1f} fps")
    with (
        logging_to("table", "warning", console),
        Progress(*columns, rate, TimeRemainingColumn(), console=console) as progress,
    ):
        bar = progress.add_task("cleaning", total=_frames(config), fps=0.0)

        def show(snapshot: PipelineSnapshot) -> None:
            for camera in snapshot.cameras:
                progress.update(bar, completed=camera.frames_out, fps=camera.fps_out)

        yield show


def _frames(config: PipelineConfig) -> int | None:
    for camera in config.cameras.values():
        if not isinstance(camera.source, str):
            return round(camera.source.duration * camera.source.fps)
    return None
