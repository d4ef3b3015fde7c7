"""`streamdesnow models import`: a detector's weights in, an ONNX file out."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from streamdesnow.cli.lab_extra import require_lab
from streamdesnow.errors import ModelCorrupt, ModelNotFound

__all__ = ["import_"]

_TOLERANCE = 1e-3
"""Largest difference between torch and onnxruntime, of a pixel or a probability, relative to its size."""


def import_(
    weights: Annotated[
        Path, typer.Argument(help="TinyYOLOv3 or YOLOv3: .pt as ImageAI saves it, or darknet's .weights.")
    ],
    output: Annotated[
        Path | None,
        typer.Option(
            "--output",
            "-o",
            help="ONNX file to write. Default: in the folder that `detect: {model: NAME}` looks in.",
        ),
    ] = None,
    names: Annotated[
        Path | None,
        typer.Option("--names", help="Names of the classes, one a line, where they are not COCO's 80."),
    ] = None,
) -> None:
    """Convert a detector's weights, so that detection runs on onnxruntime without torch."""
    require_lab()
    labels = _lines(names)
    from streamdesnow.detect.weights import own_folder
    from streamdesnow.lab.detectors.import_weights import import_weights

    written = import_weights(weights, output, labels, own_folder())
    path = written.path
    if written.largest_difference > _TOLERANCE:
        raise ModelCorrupt(f"{path}: torch and onnxruntime differ by {written.largest_difference:.1e}")
    typer.echo(f"{path}: {written.architecture}, {len(written.labels)} classes")
    where = path if output else path.stem
    typer.echo(f"use it with  detect: {{model: {where}}}")


def _lines(path: Path | None) -> list[str] | None:
    if path is None:
        return None
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ModelNotFound(f"{path}: cannot be read: {error}") from error
    return [line.strip() for line in text.splitlines() if line.strip()]
