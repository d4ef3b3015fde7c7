"""`streamdesnow`: the table of commands, and what happens when one of them fails."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from streamdesnow import __version__
from streamdesnow.cli.console import print_error, print_traceback
from streamdesnow.cli.lazy import DEBUG_VARIABLE, LazyCommand, command_group, register
from streamdesnow.heap import keep_freed_memory

__all__ = ["COMMANDS", "build_app", "main"]

COMMANDS = (
    LazyCommand("run", "streamdesnow.cli.run", "Run a pipeline file until its cameras end, or until Ctrl-C."),
    LazyCommand("clean", "streamdesnow.cli.clean", "Clean a picture, a folder of pictures, or a video file."),
    LazyCommand("demo", "streamdesnow.cli.demo", "Clean a snowy street that streamdesnow draws itself."),
    LazyCommand("check", "streamdesnow.cli.check", "Check a pipeline file without running it."),
    LazyCommand(
        "doctor",
        "streamdesnow.cli.doctor",
        "Tell what this machine can run, and whether a pipeline's cameras answer.",
    ),
    LazyCommand(
        "models",
        "streamdesnow.cli.models",
        "List the models that can be named, show or quantise one, or import a detector's weights.",
    ),
    LazyCommand("schema", "streamdesnow.cli.schema", "Print the pipeline file's JSON Schema."),
    LazyCommand("simulate", "streamdesnow.cli.simulate", "Draw a snowy clip together with its truth."),
    LazyCommand(
        "label",
        "streamdesnow.cli.label",
        "Find people and vehicles in photographs, so that they move through training scenes.",
    ),
    LazyCommand(
        "train",
        "streamdesnow.cli.train",
        "Train a network on snow drawn over photographs, or over recordings of your cameras.",
    ),
    LazyCommand(
        "export",
        "streamdesnow.cli.export",
        "Write a model folder that every engine runs, and check that it computes what the lab computes.",
    ),
    LazyCommand(
        "bench",
        "streamdesnow.cli.bench",
        "Measure how fast models run here, and how close that is to what this machine can do.",
    ),
    LazyCommand("eval", "streamdesnow.cli.eval", "Score models against known truth."),
)

_EXIT_CODES = """\
[bold]Exit codes[/bold]
  0  done
  1  unexpected failure
  2  wrong pipeline file or arguments
  3  a camera or file cannot be read
  4  a model or engine cannot be used
  5  results cannot be written
130  interrupted
"""


def build_app() -> typer.Typer:
    """The command line with all its commands."""
    app = typer.Typer(
        cls=command_group(COMMANDS),
        no_args_is_help=True,
        rich_markup_mode="rich",
        context_settings={"help_option_names": ["-h", "--help"]},
        # Rich's tracebacks print local variables in some releases, passwords among them.
        pretty_exceptions_enable=False,
        epilog=_EXIT_CODES,
    )
    app.callback()(_options)
    register(app, COMMANDS)
    return app


def main() -> None:
    """Entry point of the console script."""
    keep_freed_memory()
    try:
        build_app()(prog_name="streamdesnow")
    except Exception as error:
        # Not one of ours, so a bug: the traceback is what its report needs.
        print_traceback(error)
        print_error(
            f"{type(error).__name__}: {error}\nThis should not happen; please report it with the lines above."
        )
        sys.exit(1)


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"streamdesnow {__version__}")
        raise typer.Exit


def _options(
    debug: Annotated[
        bool, typer.Option("--debug", help=f"Show tracebacks of errors; {DEBUG_VARIABLE}=1 does the same.")
    ] = False,
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Takes falling snow out of surveillance video, in real time."""
