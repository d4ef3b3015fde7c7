"""`streamdesnow schema`: what may be written in a pipeline file, and what is written into events files."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from streamdesnow.config.reference import configuration_reference
from streamdesnow.config.schema import pipeline_schema
from streamdesnow.detect.event import event_schema
from streamdesnow.errors import ConfigError, StorageFailed

__all__ = ["command"]


def command(
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Write to this file instead of printing.")
    ] = None,
    markdown: Annotated[
        bool, typer.Option("--markdown", help="Write the reference page for people instead of JSON.")
    ] = False,
    events: Annotated[
        bool,
        typer.Option("--events", help="The schema of a line of an events file (docs/events.md) instead."),
    ] = False,
) -> None:
    """Print the pipeline file's JSON Schema.

    Editors complete and check with it: begin a pipeline file with the line
    `# yaml-language-server: $schema=pipeline.schema.json`.
    """
    if markdown and events:
        raise ConfigError("--markdown and --events do not go together: docs/events.md is the page for people")
    schema = event_schema() if events else pipeline_schema()
    text = configuration_reference() if markdown else json.dumps(schema, indent=2) + "\n"
    if output is None:
        typer.echo(text, nl=False)
        return
    try:
        output.write_text(text, encoding="utf-8")
    except OSError as error:
        raise StorageFailed(f"{output}: cannot be written: {error.strerror}") from error
