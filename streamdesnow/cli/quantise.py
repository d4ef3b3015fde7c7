"""`streamdesnow models quantise`: a model's twin in eight bits, and what it loses."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from streamdesnow.cli.console import error_console, output_console
from streamdesnow.errors import EngineUnavailable
from streamdesnow.models.find import find_model
from streamdesnow.models.folder import QUANTISED

__all__ = ["quantise"]


def quantise(
    name: Annotated[str, typer.Argument(metavar="MODEL", help="Name of a model, or path of a model folder.")],
    photos: Annotated[
        list[Path] | None,
        typer.Option("--photos", help="Folder of clean photographs to calibrate on; may be repeated."),
    ] = None,
    clips: Annotated[
        list[Path] | None,
        typer.Option("--clip", help="Video to calibrate on as it is, snow and all; may be repeated."),
    ] = None,
    frames: Annotated[
        int, typer.Option("--frames", min=13, help="Of each level of snow that the loss is measured on.")
    ] = 36,
) -> None:
    """Write model.int8.onnx beside model.onnx: convolutions in eight bits, memories as they were.

    It is calibrated on the simulated street, on scenes made of --photos and on --clip. What it loses is
    measured on snow of a style that it was not calibrated on, and goes into model.yaml. Up to 0.3 dB,
    `engine.precision: auto` runs it where the processor multiplies bytes quickly.
    """
    _require()
    from streamdesnow.lab.shipping.quantise_model import quantise_model

    model = find_model(name)
    with error_console().status("") as status:
        done = quantise_model(
            model,
            photos=photos or [],
            clips=clips or [],
            frames=frames,
            report=lambda step: status.update(f"{model.name}: {step}"),
        )
    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in ("snow", "pixels", "snowy", "fp32", "int8", "lost dB"):
        table.add_column(column, justify="left" if column in ("snow", "pixels") else "right")
    for loss in done.losses:
        figures = (f"{value:.2f}" for value in (loss.before, loss.reference, loss.after, loss.lost))
        table.add_row(loss.clip, loss.region, *figures)
    output_console().print(table)
    twin = done.model.card.int8
    assert twin is not None
    size = (done.model.path / QUANTISED).stat().st_size / 1e6
    use = "engine.precision auto may use it" if twin.unseen else "too much for engine.precision auto"
    typer.echo(f"{done.model.path / QUANTISED}: {size:.1f} MB, loses {twin.loss:.2f} dB at most: {use}")


def _require() -> None:
    missing = [name for name in ("nncf", "onnx", "onnxruntime") if importlib.util.find_spec(name) is None]
    if missing:
        raise EngineUnavailable(
            f"quantising needs {', '.join(missing)}: install with  pip install 'streamdesnow[quantise]'"
        )
