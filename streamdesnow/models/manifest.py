"""`model.yaml`: what a model folder says of its network."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

__all__ = ["ModelManifest", "Score", "TensorSpec"]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class TensorSpec(_Strict):
    """A network input or output.

    `shape` is symbolic: an int, `N` (cameras in the batch), `H`, `W` or a quotient such as `H/4`.
    """

    name: str
    dtype: Literal["uint8", "float16", "float32"]
    shape: tuple[int | str, ...]


class StateSpec(_Strict):
    """One tensor of a causal model's memory: read as `input`, written as `output`, zero at the start."""

    input: str
    output: str
    dtype: Literal["float16", "float32"] = "float32"
    shape: tuple[int | str, ...]


class Score(_Strict):
    """What the model scored, on what, and the command that prints it again."""

    clip: str
    snow: str
    psnr_in: float
    psnr_out: float
    command: str


class ModelManifest(_Strict):
    """The contract between lab and runtime.

    Pixels cross the border as the runtime holds them: uint8 (N, H, W, 3), BGR, 0..255; scaling, colour
    order and space-to-depth are part of the network's graph.
    """

    name: str
    version: str = "1"
    kind: Literal["still", "causal"]
    summary: str
    colour: Literal["BGR"] = "BGR"
    value_range: tuple[int, int] = (0, 255)
    side_multiple: int = Field(ge=1)
    input: TensorSpec
    output: TensorSpec
    states: tuple[StateSpec, ...] = ()
    parameters: int
    gmac_720p: float
    onnx_sha256: str
    receptive_field: int = Field(default=64, description="pixels that an output pixel can see to each side")
    trained: str = Field(description="how: recipe, data, iterations, machine")
    scores: tuple[Score, ...] = ()
    licence: str
