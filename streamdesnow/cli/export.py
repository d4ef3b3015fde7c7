"""`streamdesnow export`: a checkpoint in, a model folder out; or a model in, TensorRT engines out."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from streamdesnow.cli.lab_extra import require_lab
from streamdesnow.errors import ConfigError, ModelCorrupt

__all__ = ["command"]


class _Target(StrEnum):
    FOLDER = "folder"
    TENSORRT = "tensorrt"


class _Library(StrEnum):
    AUTO = "auto"
    TENSORRT = "tensorrt"
    RTX = "tensorrt-rtx"


class _Precision(StrEnum):
    AUTO = "auto"
    FP32 = "fp32"
    FP16 = "fp16"
    BF16 = "bf16"
    INT8 = "int8"


def command(
    source: Annotated[
        str,
        typer.Argument(
            metavar="SOURCE",
            help="checkpoint.pt that `streamdesnow train` wrote; with --to tensorrt the name or folder of a "
            "model.",
        ),
    ],
    folder: Annotated[
        Path | None,
        typer.Argument(
            help="Model folder to write, such as models/my-camera; with --to tensorrt the engine cache, "
            "by default that of this user."
        ),
    ] = None,
    to: Annotated[_Target, typer.Option("--to", help="What to write.")] = _Target.FOLDER,
    summary: Annotated[str, typer.Option("--summary", help="What the model is for, one line.")] = "",
    trained: Annotated[
        str, typer.Option("--trained", help="What it was trained on and where, one line.")
    ] = "",
    licence: Annotated[str, typer.Option("--licence", help="Licence of the weights.")] = "unstated",
    blend: Annotated[
        list[Path] | None,
        typer.Option(
            "--blend",
            help="Weights to mix in, of a checkpoint or a model: what this one was trained on from, or other "
            "runs from there; may be repeated.",
        ),
    ] = None,
    share: Annotated[
        list[float] | None,
        typer.Option(
            "--share",
            min=0.0,
            max=1.0,
            help="Share of each --blend in the mixture, in their order; left out, all count the same.",
        ),
    ] = None,
    size: Annotated[
        list[str] | None,
        typer.Option("--size", help="TensorRT: frame size to build for, such as 1280x720; may be repeated."),
    ] = None,
    precision: Annotated[
        _Precision, typer.Option("--precision", help="TensorRT: inside the network; auto is fp16.")
    ] = _Precision.AUTO,
    library: Annotated[
        _Library, typer.Option("--library", help="TensorRT: which library builds; tensorrt-rtx needs no GPU.")
    ] = _Library.AUTO,
    turing: Annotated[
        bool, typer.Option("--turing", help="TensorRT for RTX: for GPUs of compute capability 7.5.")
    ] = False,
) -> None:
    """Write a model folder that every engine runs, and check that it computes what the lab computes.

    With `--to tensorrt`: build a model's TensorRT engines ahead of time, so that no camera waits for it.
    """
    if to is _Target.TENSORRT:
        from streamdesnow.cli.export_tensorrt import build_engines

        build_engines(source, folder, size or [], precision.value, library.value, turing=turing)
        return
    if folder is None:
        raise ConfigError("export needs a folder to write the model to, such as models/my-camera")
    require_lab()
    from streamdesnow.lab.shipping.export import Blend, export

    blends = [Blend(*pair) for pair in _shares(blend or [], share or [])]
    written = export(Path(source), folder, summary=summary, trained=trained, licence=licence, blends=blends)
    if written.largest_difference > 2:
        raise ModelCorrupt(
            f"{folder}: torch and onnxruntime differ by {written.largest_difference} of 255 code values"
        )
    typer.echo(
        f"{folder}: torch and onnxruntime agree within {written.largest_difference} of 255 code values"
    )


def _shares(sources: list[Path], shares: list[float]) -> list[tuple[Path, float]]:
    if not shares:
        return [(source, 1 / (len(sources) + 1)) for source in sources]
    if len(shares) != len(sources):
        raise ConfigError(
            f"--share is given {len(shares)} times and --blend {len(sources)} times; both or neither"
        )
    return list(zip(sources, shares, strict=True))
