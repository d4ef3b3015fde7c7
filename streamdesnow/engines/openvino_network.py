"""Networks as OpenVINO reads and compiles them, for its CPU device."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from streamdesnow.engines.network import state_shapes
from streamdesnow.errors import EngineFailed, ModelCorrupt
from streamdesnow.models.folder import ModelFolder

__all__ = ["compile_network", "read_network"]

_HINTS = {"fp32": "f32", "fp16": "f16", "bf16": "bf16"}


def read_network(core: Any, path: Path) -> Any:
    """What lies at `path`, not compiled.

    Args:
        core: an `openvino.Core`.
        path: an ONNX file.

    Raises:
        ModelCorrupt: OpenVINO cannot read it.
    """
    try:
        return core.read_model(str(path))
    except RuntimeError as error:
        raise ModelCorrupt(f"{path}: OpenVINO cannot read it: {error}") from error


def compile_network(
    core: Any, model: ModelFolder, path: Path, size: tuple[int, int], floats: str, **options: str | int
) -> Any:
    """A network of the model, compiled for one frame of one size.

    Args:
        core: an `openvino.Core`.
        model: whose card names the inputs.
        path: its network, or the twin in eight bits.
        size: width and height of frames.
        floats: `fp32`, `fp16`, `bf16`: what layers compute in that are not in eight bits.
        options: further properties of the plugin.

    Raises:
        ModelCorrupt: OpenVINO cannot read it.
        EngineFailed: OpenVINO cannot compile it.
    """
    network, card = read_network(core, path), model.card
    width, height = size
    shapes = state_shapes(model, batch=1, width=width, height=height)
    inputs = {card.input.name: [1, height, width, 3]}
    inputs |= {spec.input: list(shape) for spec, shape in zip(card.states, shapes, strict=True)}
    try:
        network.reshape(inputs)
        return core.compile_model(network, "CPU", {"INFERENCE_PRECISION_HINT": _HINTS[floats], **options})
    except RuntimeError as error:
        raise EngineFailed(f"OpenVINO cannot compile {path} for {width}x{height}: {error}") from error
