"""`streamdesnow schema`: what may be written in a pipeline file, for editors and for people."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from streamdesnow.config.reference import configuration_reference
from streamdesnow.config.schema import pipeline_schema
from streamdesnow.errors import StorageFailed

__all__ = ["command"]


def command(
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Write to this file instead of printing.")
    ] = None,
    markdown: Annotated[
        bool, typer.Option("--markdown", help="Write the reference page for people instead of JSON.")
    ] = False,
) -> None:
    """Print the pipeline file's JSON Schema.

    Editors complete and check with it: begin a pipeline file with the line
    `# yaml-language-server: $schema=pipeline.schema.json`.
    """
    text = configuration_reference() if markdown else json.dumps(pipeline_schema(), indent=2) + "\n"
    if output is None:
        typer.echo(text, nl=False)
        return
    try:
        output.write_text(text, encoding="utf-8")
    except OSError as error:
        raise StorageFailed(f"{output}: cannot be written: {error.strerror}") from error
