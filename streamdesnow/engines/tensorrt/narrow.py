"""Half precision where it pays: convolutions and what lies between them.

TensorRT's networks are strongly typed: precision is what the graph says. Convolutions are most of the work
and bear half precision well. The arithmetic of a causal model's memory stays in float32, as slow averages
move by steps that half precision would lose; so do normalisations, whose sums overflow it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from streamdesnow.engines.tensorrt.graph import Names, cast, element_types

if TYPE_CHECKING:
    import onnx

__all__ = ["HalfType", "narrow"]

HalfType = Literal["fp16", "bf16"]

_FLOAT, _HALF, _BFLOAT = 1, 10, 16  # onnx.TensorProto.DataType

_STARTS = {
    _HALF: frozenset({"Conv", "ConvTranspose", "Gemm", "MatMul"}),
    # TensorRT for RTX 1.7 cannot infer the type of a transposed convolution in bfloat16.
    _BFLOAT: frozenset({"Conv", "Gemm", "MatMul"}),
}
"""What is worth a cast."""
_STAYS = frozenset(
    {"Add", "Clip", "Concat", "DepthToSpace", "Identity", "LeakyRelu", "MaxPool", "Mul", "PRelu", "Relu"}
    | {"Reshape", "Resize", "Sigmoid", "Slice", "SpaceToDepth", "Split", "Squeeze", "Sub", "Transpose"}
    | {"Unsqueeze"}
)
"""What goes on in half precision where all that it reads is in half precision already, or a weight."""


def narrow(model: onnx.ModelProto, precision: HalfType) -> None:
    """Change the graph in place; inputs and outputs of the network keep their types."""
    _Narrowing(model, _HALF if precision == "fp16" else _BFLOAT).run()


class _Narrowing:
    def __init__(self, model: onnx.ModelProto, half: int) -> None:
        self._graph = model.graph
        self._half = half
        self._types = element_types(model)
        self._names = Names(model.graph)
        self._constants = {tensor.name for tensor in model.graph.initializer}
        self._outputs = {output.name for output in model.graph.output}
        self._halves: dict[str, str] = {}
        """Tensors of which there is a half-precision copy, by that copy's name."""
        self._narrow: set[str] = set()
        """Those that a node has made in half precision."""
        self._nodes: list[onnx.NodeProto] = []

    def run(self) -> None:
        for node in self._graph.node:
            if node.op_type in ("Cast", "Constant", "Identity") and self._constants.issuperset(node.input):
                self._constants.update(node.output)
                self._note_stored_half(node)
                self._nodes.append(node)
            elif self._can_narrow(node):
                self._narrowed(node)
            else:
                self._nodes.append(node)
        del self._graph.node[:]
        self._graph.node.extend(self._nodes)

    def _note_stored_half(self, node: onnx.NodeProto) -> None:
        """Weights are stored in half precision with a cast behind them: that cast need not be undone."""
        if node.op_type == "Cast" and self._types.get(node.input[0]) == self._half:
            self._halves[node.output[0]] = node.input[0]

    def _can_narrow(self, node: onnx.NodeProto) -> bool:
        floats = [name for name in node.input if self._types.get(name) == _FLOAT]
        if node.op_type in _STARTS[self._half]:
            return bool(floats)
        data = [name for name in floats if name not in self._constants]
        return node.op_type in _STAYS and bool(data) and self._narrow.issuperset(data)

    def _narrowed(self, node: onnx.NodeProto) -> None:
        for position, name in enumerate(node.input):
            if self._types.get(name) == _FLOAT:
                node.input[position] = self._half_of(name)
        self._nodes.append(node)
        for position, name in enumerate(node.output):
            half = self._names.new(name)
            node.output[position] = half
            self._halves[name] = half
            self._narrow.add(name)
            # Whoever reads it in float32 finds it there; if nobody does, pruning takes the cast away.
            self._nodes.append(cast(half, name, _FLOAT))

    def _half_of(self, name: str) -> str:
        if name not in self._halves:
            self._halves[name] = self._names.new(name)
            self._nodes.append(cast(name, self._halves[name], self._half))
        return self._halves[name]
