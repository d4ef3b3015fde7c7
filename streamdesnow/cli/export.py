"""`streamdesnow export`: a checkpoint in, a model folder out."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from streamdesnow.cli.lab_extra import require_lab
from streamdesnow.errors import ModelCorrupt

__all__ = ["command"]


def command(
    checkpoint: Annotated[Path, typer.Argument(help="checkpoint.pt that `streamdesnow train` wrote.")],
    folder: Annotated[Path, typer.Argument(help="Model folder to write, such as models/my-camera.")],
    summary: Annotated[str, typer.Option("--summary", help="What the model is for, one line.")] = "",
    trained: Annotated[
        str, typer.Option("--trained", help="What it was trained on and where, one line.")
    ] = "",
    licence: Annotated[str, typer.Option("--licence", help="Licence of the weights.")] = "unstated",
) -> None:
    """Write a model folder that every engine runs, and check that it computes what the lab computes."""
    require_lab()
    from streamdesnow.lab.export import export

    written = export(checkpoint, folder, summary=summary, trained=trained, licence=licence)
    if written.largest_difference > 2:
        raise ModelCorrupt(
            f"{folder}: torch and onnxruntime differ by {written.largest_difference} of 255 code values"
        )
    typer.echo(
        f"{folder}: torch and onnxruntime agree within {written.largest_difference} of 255 code values"
    )
