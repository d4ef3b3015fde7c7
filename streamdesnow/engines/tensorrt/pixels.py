"""Bytes only at the edges of the network: TensorRT takes uint8 in and out, and there casts only."""

from __future__ import annotations

from typing import TYPE_CHECKING

from streamdesnow.engines.tensorrt.graph import Names, cast, element_types, replace_input

if TYPE_CHECKING:
    import onnx

__all__ = ["keep_bytes_at_the_edges"]

_FLOAT, _UINT8 = 1, 2  # onnx.TensorProto.DataType


def keep_bytes_at_the_edges(model: onnx.ModelProto) -> None:
    """Change the graph in place so that uint8 tensors are network inputs or outputs, and met by casts only.

    What moves bytes about (transposing a frame, say) moves floats instead. Where the graph makes bytes of
    floats and floats of those again, rounding down does the same.
    """
    graph = model.graph
    types = element_types(model)
    names = Names(graph)
    nodes: list[onnx.NodeProto] = []
    floats: dict[str, str] = {}
    for node in graph.node:
        if node.op_type == "Cast":
            _lift_cast(node, floats)
        else:
            for name in dict.fromkeys(node.input):
                if types.get(name) != _UINT8:
                    continue
                if name not in floats:
                    floats[name] = names.new(name)
                    nodes.append(cast(name, floats[name], _FLOAT))
                replace_input(node, name, floats[name])
        nodes.append(node)
        nodes += _bytes_out(node, types, names, floats)
    del graph.node[:]
    graph.node.extend(nodes)


def _lift_cast(node: onnx.NodeProto, floats: dict[str, str]) -> None:
    """A cast of bytes reads the floats that they were made of, where there are such."""
    if node.input[0] in floats:
        node.input[0] = floats[node.input[0]]


def _bytes_out(
    node: onnx.NodeProto, types: dict[str, int], names: Names, floats: dict[str, str]
) -> list[onnx.NodeProto]:
    """Casts behind a node whose output would be bytes; for a cast to bytes, the same numbers as floats."""
    import onnx

    added = []
    for position, name in enumerate(node.output):
        if types.get(name) != _UINT8:
            continue
        floats[name] = names.new(name)
        if node.op_type == "Cast":
            # Bytes are made by cutting off the fraction; networks keep their output from 0 to 255 themselves.
            added.append(onnx.helper.make_node("Floor", [node.input[0]], [floats[name]]))
        else:
            node.output[position] = floats[name]
            added.append(cast(floats[name], name, _UINT8))
    return added
