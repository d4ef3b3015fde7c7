"""Arguments that several commands share."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

__all__ = ["EngineOption", "EngineWord", "Overrides", "PipelineFile"]


class EngineWord(StrEnum):
    """What runs the network: a device or a library."""

    AUTO = "auto"
    CPU = "cpu"
    CUDA = "cuda"
    TENSORRT = "tensorrt"
    ONNXRUNTIME = "onnxruntime"
    OPENVINO = "openvino"
    TORCH = "torch"


EngineOption = Annotated[
    EngineWord,
    typer.Option(
        "--engine",
        "-e",
        help="What runs the network. auto: the fastest that works here. cpu, cuda and tensorrt require that "
        "device.",
    ),
]

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
