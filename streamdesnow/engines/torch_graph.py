"""An ONNX network as torch calls, node by node.

Public converters either need torchvision or are no longer kept up, and our exports use some fifty plain
operators, so that looking each up in a table is enough.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import onnx
import torch
from onnx import numpy_helper
from torch import Tensor

from streamdesnow.engines.torch_ops import OPERATORS, Attributes
from streamdesnow.errors import EngineUnavailable, ModelCorrupt

__all__ = ["TorchGraph"]


@dataclass(frozen=True, slots=True)
class _Node:
    operator: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    attributes: Attributes
    done_with: tuple[str, ...] = ()


class TorchGraph:
    """A network that is called with tensors by name.

    Attributes:
        inputs, outputs: names, in the order of the file.

    Raises:
        ModelCorrupt: the file is not an ONNX network.
        EngineUnavailable: it uses an operator that is not in the table.
    """

    def __init__(self, path: Path, device: torch.device) -> None:
        try:
            graph = onnx.load(path).graph
        except Exception as error:
            raise ModelCorrupt(f"{path}: not an ONNX network: {error}") from error
        self._device = device
        self._constants = {item.name: self._placed(numpy_helper.to_array(item)) for item in graph.initializer}
        self.inputs = [item.name for item in graph.input if item.name not in self._constants]
        self.outputs = [item.name for item in graph.output]
        nodes = [_node(item) for item in graph.node]
        unknown = sorted({node.operator for node in nodes} - {*OPERATORS, "Constant", "ConstantOfShape"})
        if unknown:
            raise EngineUnavailable(
                f"the torch engine does not know {', '.join(unknown)} of {path}; use onnxruntime or openvino"
            )
        self._nodes = _with_last_uses(self._folded(nodes), keep=self.outputs)

    def __call__(self, inputs: Mapping[str, Tensor]) -> dict[str, Tensor]:
        """All outputs by name. Inputs are left as they are; an output may be an input itself."""
        values = {**self._constants, **inputs}
        for node in self._nodes:
            values.update(self._run(node, values))
            for name in node.done_with:
                del values[name]
        return {name: values[name] for name in self.outputs}

    def _run(self, node: _Node, values: Mapping[str, Tensor]) -> Iterable[tuple[str, Tensor]]:
        if node.operator == "Constant":
            return [(node.outputs[0], self._constant(node.attributes))]
        given = [values[name] if name else None for name in node.inputs]
        if node.operator == "ConstantOfShape":
            filler = node.attributes.get("value")
            value = (
                torch.zeros(1) if filler is None else torch.from_numpy(numpy_helper.to_array(filler).copy())
            )
            return [(node.outputs[0], self._rightly(value.expand([int(n) for n in values[node.inputs[0]]])))]
        result = OPERATORS[node.operator](given, node.attributes)
        if node.operator == "Cast" and isinstance(result, Tensor):
            result = self._rightly(result)  # numbers that were part of a shape
        return zip(node.outputs, [result] if isinstance(result, Tensor) else result, strict=True)

    def _folded(self, nodes: Sequence[_Node]) -> list[_Node]:
        """Run what depends on constants only, once; the rest is left."""
        left = []
        for node in nodes:
            if all(name in self._constants for name in node.inputs if name):
                self._constants.update(self._run(node, self._constants))
            else:
                left.append(node)
        return left

    def _constant(self, attributes: Attributes) -> Tensor:
        """A tensor under `value`, or plain numbers under `value_float`, `value_ints` and the like."""
        if "value" in attributes:
            return self._placed(numpy_helper.to_array(attributes["value"]))
        (numbers,) = attributes.values()
        return self._rightly(torch.tensor(numbers))

    def _placed(self, array: Any) -> Tensor:
        return self._rightly(torch.from_numpy(array.copy()))

    def _rightly(self, tensor: Tensor) -> Tensor:
        """Numbers to compute with go to the device; shapes and axes stay where Python reads them."""
        return tensor if tensor.dtype == torch.int64 else tensor.to(self._device)


def _node(item: onnx.NodeProto) -> _Node:
    attributes = {attribute.name: onnx.helper.get_attribute_value(attribute) for attribute in item.attribute}
    return _Node(item.op_type, tuple(item.input), tuple(item.output), attributes)


def _with_last_uses(nodes: Sequence[_Node], keep: Sequence[str]) -> list[_Node]:
    """Note at each node which values nobody needs after it, so that activations are freed early."""
    made = {name for node in nodes for name in node.outputs}
    needed = set(keep)
    noted = []
    for node in reversed(nodes):
        names = (set(node.inputs) | set(node.outputs)) & made
        noted.append(
            _Node(node.operator, node.inputs, node.outputs, node.attributes, tuple(sorted(names - needed)))
        )
        needed |= names
    return noted[::-1]
