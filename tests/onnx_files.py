"""ONNX files that put out given boxes whatever they are shown, in the layouts of the YOLO family."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

SIDE = 64


def write_network(
    path: Path,
    output: NDArray[np.float32],
    metadata: dict[str, str] | None = None,
    *,
    shape: tuple[int | str, ...] = (1, 3, SIDE, SIDE),
    kind: int = TensorProto.FLOAT,
    more: NDArray[np.float32] | None = None,
) -> Path:
    """A network whose output is `output` plus zero times the mean of its input."""
    outputs = [output] if more is None else [output, more]
    nodes = [
        helper.make_node("Cast", ["images"], ["floats"], to=TensorProto.FLOAT),
        helper.make_node("ReduceMean", ["floats"], ["mean"], keepdims=0),
        helper.make_node("Mul", ["mean", "zero"], ["nothing"]),
    ]
    constants = [numpy_helper.from_array(np.zeros((), np.float32), "zero")]
    for number, each in enumerate(outputs):
        constants.append(numpy_helper.from_array(each, f"boxes{number}"))
        nodes.append(helper.make_node("Add", [f"boxes{number}", "nothing"], [f"output{number}"]))
    graph = helper.make_graph(
        nodes,
        "boxes",
        [helper.make_tensor_value_info("images", kind, shape)],
        [
            helper.make_tensor_value_info(f"output{number}", TensorProto.FLOAT, each.shape)
            for number, each in enumerate(outputs)
        ],
        constants,
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    helper.set_model_props(model, metadata or {})
    onnx.save(model, str(path))
    return path
