"""Arguments that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

__all__ = ["Overrides", "PipelineFile"]

PipelineFile = Annotated[
    Path,
    typer.Argument(
        metavar="PIPELINE",
        help="Pipeline file in YAML, such as those under pipelines/; or a shipped one by name, such as demo.",
    ),
]

Overrides = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        metavar="KEY=VALUE",
        help="Change a value of the file, for example cameras.gate.source=street.mp4; may be repeated.",
    ),
]
