"""Weights in half precision on disk: half the file, the same arithmetic."""

from __future__ import annotations

import numpy as np
import onnx
from onnx import numpy_helper

__all__ = ["store_half", "widen"]

_FEW = 256


def store_half(network: onnx.ModelProto) -> None:
    """Keep large weights as float16 with a cast to float32 behind them."""
    casts = []
    for tensor in network.graph.initializer:
        values = numpy_helper.to_array(tensor)
        if values.dtype != np.float32 or values.size < _FEW:
            continue
        name = tensor.name
        tensor.CopyFrom(numpy_helper.from_array(values.astype(np.float16), f"{name}_half"))
        casts.append(onnx.helper.make_node("Cast", [f"{name}_half"], [name], to=onnx.TensorProto.FLOAT))
    _replace_nodes(network, [*casts, *network.graph.node])


def widen(network: onnx.ModelProto) -> None:
    """Undo `store_half`, for tools that look for weights right in front of what uses them."""
    weights = {tensor.name: tensor for tensor in network.graph.initializer}
    left = []
    for node in network.graph.node:
        if node.op_type == "Cast" and node.input[0] in weights:
            tensor = weights[node.input[0]]
            values = numpy_helper.to_array(tensor).astype(np.float32)
            tensor.CopyFrom(numpy_helper.from_array(values, node.output[0]))
        else:
            left.append(node)
    _replace_nodes(network, left)


def _replace_nodes(network: onnx.ModelProto, nodes: list[onnx.NodeProto]) -> None:
    kept = list(nodes)
    del network.graph.node[:]
    network.graph.node.extend(kept)
