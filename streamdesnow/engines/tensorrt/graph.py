"""The little of graph surgery that TensorRT's parser needs, on ONNX."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import onnx

__all__ = ["Names", "cast", "element_types", "operators", "prune", "replace_input"]


class Names:
    """Hands out names of tensors that the graph does not have yet."""

    def __init__(self, graph: onnx.GraphProto) -> None:
        self._taken = {name for node in graph.node for name in (*node.input, *node.output)}
        self._numbers = itertools.count()

    def new(self, stem: str) -> str:
        """`stem` with a number behind it."""
        return next(
            name for name in (f"{stem}_{number}" for number in self._numbers) if name not in self._taken
        )


def cast(source: str, target: str, element_type: int) -> onnx.NodeProto:
    """A node that writes `source` as another type into `target`."""
    import onnx

    return onnx.helper.make_node("Cast", [source], [target], name=f"cast_{target}", to=element_type)


def element_types(model: onnx.ModelProto) -> dict[str, int]:
    """ONNX's number of the element type of every tensor that it can be inferred for."""
    import onnx

    graph = onnx.shape_inference.infer_shapes(model).graph
    values: Iterable[Any] = (*graph.input, *graph.output, *graph.value_info)
    return {value.name: value.type.tensor_type.elem_type for value in values} | {
        tensor.name: tensor.data_type for tensor in graph.initializer
    }


def replace_input(node: onnx.NodeProto, old: str, new: str) -> None:
    """Let the node read `new` wherever it read `old`."""
    for position, name in enumerate(node.input):
        if name == old:
            node.input[position] = new


def prune(graph: onnx.GraphProto) -> None:
    """Take out nodes and weights that no output depends on."""
    wanted = {output.name for output in graph.output}
    kept = []
    for node in reversed(graph.node):
        if wanted.intersection(node.output):
            wanted.update(node.input)
            kept.append(node)
    weights = [tensor for tensor in graph.initializer if tensor.name in wanted]
    del graph.node[:], graph.initializer[:]
    graph.node.extend(reversed(kept))
    graph.initializer.extend(weights)


def operators(graph: onnx.GraphProto) -> set[str]:
    """Which operators occur."""
    return {node.op_type for node in graph.node}
