"""`streamdesnow run`: run a pipeline file until it ends or somebody stops it."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from enum import StrEnum
from typing import Annotated, Literal

import typer
from rich.console import Console
from rich.live import Live

from streamdesnow.cli.console import error_console, output_console, print_error
from streamdesnow.cli.file_models import file_models
from streamdesnow.cli.live_table import live_table
from streamdesnow.cli.logs import logging_to
from streamdesnow.cli.options import Overrides, PipelineFile
from streamdesnow.cli.run_summary import log_summary, summary_table
from streamdesnow.cli.snow_options import seconds
from streamdesnow.cli.status_lines import StatusLines
from streamdesnow.cli.stop_signals import StopSignals, end_process
from streamdesnow.config.load import load_document, validate
from streamdesnow.config.passwords import passwords_of
from streamdesnow.config.pipeline import PipelineConfig
from streamdesnow.errors import ModelNotFound
from streamdesnow.pipeline.supervisor import Pipeline, Watch
from streamdesnow.pipeline.verdict import Summary

__all__ = ["command"]

Style = Literal["table", "lines", "json"]


class LogFormat(StrEnum):
    """What is printed while running."""

    AUTO = "auto"
    TABLE = "table"
    LINES = "lines"
    JSON = "json"


_STYLES: dict[LogFormat, Style] = {
    LogFormat.TABLE: "table",
    LogFormat.LINES: "lines",
    LogFormat.JSON: "json",
}


def command(
    pipeline: PipelineFile,
    set_: Overrides = None,
    duration: Annotated[
        float | None,
        typer.Option(parser=seconds, metavar="TIME", help="Stop after this long: 60s, 10min, 8h."),
    ] = None,
    frames: Annotated[
        int | None, typer.Option(min=1, help="Stop each camera after this many cleaned frames.")
    ] = None,
    log_format: Annotated[
        LogFormat | None,
        typer.Option(help="Overrides log.format of the file; auto: a table on a terminal, lines elsewhere."),
    ] = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print warnings and errors only.")] = False,
    web: Annotated[
        str | None,
        typer.Option(
            metavar="ADDRESS",
            help="Show the cameras in a browser: 127.0.0.1:8080. Overrides web.listen of the file.",
        ),
    ] = None,
    score: Annotated[
        bool, typer.Option("--score", help="Measure PSNR of simulated cameras against their truth.")
    ] = False,
) -> None:
    """Run a pipeline file until its cameras end, or until Ctrl-C.

    The first SIGINT, SIGTERM or SIGHUP finishes every file within 5 seconds, the second stops at once.
    Exit code 0: all went well; 3: a camera failed; 4: a model or engine failed; 5: an output did not work.
    """
    changes = [*(set_ or ()), *([] if web is None else [f"web.listen={json.dumps(web)}"])]
    document = load_document(pipeline, changes)
    config = validate(document)
    _, problems = file_models(config, document)
    if problems:
        raise ModelNotFound("\n".join(map(str, problems)))
    console = error_console()
    style = _style(log_format or LogFormat(config.log.format), console)
    level = "warning" if quiet else config.log.level
    running = Pipeline(config, score=score)
    with logging_to(style, level, console, passwords_of(config)):
        with StopSignals(running.stop), _view(style, config, console, quiet) as watch:
            summary = running.run(duration, frames, watch)
        _report(summary, config, style, quiet)
    if summary.abandoned:
        end_process(summary.exit_code)
    raise typer.Exit(summary.exit_code)


def _style(format: LogFormat, console: Console) -> Style:
    if format is LogFormat.AUTO:
        return "table" if console.is_terminal else "lines"
    return _STYLES[format]


@contextlib.contextmanager
def _view(style: Style, config: PipelineConfig, console: Console, quiet: bool) -> Iterator[Watch | None]:
    """What is told how things are while the pipeline runs."""
    if quiet:
        yield None
    elif style == "table":
        with Live(console=console, auto_refresh=False) as live:
            yield lambda snapshot: live.update(live_table(snapshot), refresh=True)
    else:
        yield StatusLines(config.log.interval)


def _report(summary: Summary, config: PipelineConfig, style: Style, quiet: bool) -> None:
    if style == "json":
        log_summary(summary, config)
        return
    if not quiet:
        output_console().print(summary_table(summary, config), soft_wrap=True)
    if summary.problems:
        print_error("\n".join(summary.problems))
