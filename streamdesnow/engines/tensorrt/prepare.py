"""A model folder's network as TensorRT's parser takes it."""

from __future__ import annotations

from typing import Literal

from streamdesnow.engines.tensorrt.graph import operators, prune
from streamdesnow.engines.tensorrt.narrow import narrow
from streamdesnow.engines.tensorrt.pixels import keep_bytes_at_the_edges
from streamdesnow.engines.tensorrt.signed import QUANTISED, sign_eight_bits
from streamdesnow.errors import EngineUnavailable, ModelCorrupt
from streamdesnow.models.folder import ModelFolder

__all__ = ["REVISION", "Precision", "prepare"]

Precision = Literal["fp32", "fp16", "bf16", "int8"]

REVISION = 1
"""To be raised when `prepare` changes what it makes: engines built from what it made before are stale."""


def prepare(model: ModelFolder, precision: Precision) -> bytes:
    """The network, serialised ONNX: bytes at its edges, half precision inside if asked for.

    `int8` takes the model's twin in eight bits, whose other parts stay in float32.

    Raises:
        EngineUnavailable: the onnx package is missing.
        ModelCorrupt: the network cannot be read.
    """
    try:
        import onnx
    except ImportError as error:
        raise EngineUnavailable(
            f'onnx is not installed ({error}): pip install "streamdesnow[tensorrt]"'
        ) from error
    path = model.network(precision)
    try:
        network = onnx.load(str(path))
        # Notes on types, which would soon be wrong.
        del network.graph.value_info[:]
        sign_eight_bits(network)
        keep_bytes_at_the_edges(network)
        # A network that was quantised says itself where it narrows.
        if precision in ("fp16", "bf16") and not operators(network.graph) & QUANTISED:
            narrow(network, precision)
    except Exception as error:
        # Protobuf and shape inference raise what they please.
        raise ModelCorrupt(f"{path}: onnx cannot read it: {error}") from error
    prune(network.graph)
    serialised: bytes = network.SerializeToString()
    return serialised
