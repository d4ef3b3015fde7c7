"""Eight bits with a sign: TensorRT has no others.

What quantises for CPUs stores what is never negative in 0..255. TensorRT's parser takes such nodes for
-128..127 without a word, and would cut off the upper half. So their steps are widened, until 127 reaches as
far as 255 did: half as fine, and nothing is cut off.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from streamdesnow.engines.tensorrt.graph import Names

if TYPE_CHECKING:
    import onnx

__all__ = ["QUANTISED", "sign_eight_bits"]

QUANTISED = frozenset({"QuantizeLinear", "DequantizeLinear"})

_UINT8 = 2  # onnx.TensorProto.DataType


def sign_eight_bits(model: onnx.ModelProto) -> None:
    """Change the graph in place.

    Raises:
        ValueError: zero is not 0 there, or step or zero are computed: TensorRT has no such thing.
    """
    from onnx import numpy_helper

    graph = model.graph
    stored = {tensor.name: tensor for tensor in graph.initializer}
    names = Names(graph)
    signed: dict[tuple[str, str], tuple[str, str]] = {}
    for node in graph.node:
        if node.op_type not in QUANTISED or len(node.input) < 3:
            continue
        step, zero = node.input[1], node.input[2]
        if zero not in stored or stored[zero].data_type != _UINT8:
            continue
        if step not in stored or numpy_helper.to_array(stored[zero]).any() or node.input[0] in stored:
            raise ValueError(f"{node.name} is quantised in a way that TensorRT has not: its zero is not 0")
        if (step, zero) not in signed:
            wider = numpy_helper.to_array(stored[step])
            wider = (wider * (255 / 127)).astype(wider.dtype)
            zeros = np.zeros(numpy_helper.to_array(stored[zero]).shape, np.int8)
            signed[step, zero] = names.new(step), names.new(zero)
            for array, name in zip((wider, zeros), signed[step, zero], strict=True):
                graph.initializer.append(numpy_helper.from_array(np.asarray(array), name))
        node.input[1], node.input[2] = signed[step, zero]
