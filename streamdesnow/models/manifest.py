"""`model.yaml`: what a model folder says of its network."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from streamdesnow.models.shapes import Shape

__all__ = ["ModelManifest", "Quantised", "Score", "StateSpec", "TensorSpec"]

_UNSEEN = 0.3


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class TensorSpec(_Strict):
    """A network input or output.

    `shape` is symbolic: an int, `N` (cameras in the batch), `H`, `W` or a quotient such as `H/4`.
    """

    name: str
    dtype: Literal["uint8", "float16", "float32"]
    shape: Shape


class StateSpec(_Strict):
    """One tensor of a causal model's memory: read as `input`, written as `output`, zero at the start."""

    input: str
    output: str
    dtype: Literal["uint8", "float16", "float32"] = "float32"
    shape: Shape


class Score(_Strict):
    """What the model scored, on what, and the command that prints it again."""

    clip: str
    snow: str
    psnr_in: float
    psnr_out: float
    command: str


class Quantised(_Strict):
    """`model.int8.onnx`: the same network, inputs and outputs, with convolutions in eight bits."""

    onnx_sha256: str = Field(pattern="^[0-9a-f]{64}$")
    loss: float = Field(description="dB: the most that any clip or region lost against float32")
    measured: str = Field(description="on what, and the command that prints it again")

    @property
    def unseen(self) -> bool:
        """Whether the loss is small enough to run it without being asked: 0.3 dB at most."""
        return self.loss <= _UNSEEN


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
    onnx_sha256: str = Field(pattern="^[0-9a-f]{64}$")
    receptive_field: int = Field(default=64, ge=0, description="pixels an output pixel sees to each side")
    activation_bytes: int = Field(
        default=1024, ge=1, description="bytes of memory at the peak, per pixel of the frame"
    )
    trained: str = Field(description="how: recipe, data, iterations, machine")
    scores: tuple[Score, ...] = ()
    licence: str
    int8: Quantised | None = None

    @model_validator(mode="after")
    def _holds_together(self) -> ModelManifest:
        for key, tensor in (("input", self.input), ("output", self.output)):
            if tensor.dtype != "uint8" or tensor.shape != ("N", "H", "W", 3):
                raise ValueError(f"{key} must be uint8 [N, H, W, 3]")
        if (self.kind == "causal") != bool(self.states):
            raise ValueError("causal models list their memory under states, still models have none")
        if any(state.shape[:1] != ("N",) for state in self.states):
            raise ValueError("the first dimension of every state must be N")
        return self
