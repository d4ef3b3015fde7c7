"""A detector that finds one person in the middle of every picture."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

SIDE = 64
CLASSES = ("person", "bicycle", "car", "bus", "truck")


def write_detector(path: Path) -> Path:
    """An ONNX file as Ultralytics exports them: 1x9x16, that is centre, size and five classes of 16 boxes.

    In a picture of 320x240 it finds a person at (120, 60) to (200, 180), 90 % sure.
    """
    boxes = np.zeros((1, 9, 16), np.float32)
    boxes[0, :, 0] = (32, 32, 16, 24, 0.9, 0, 0, 0, 0)
    nodes = [
        helper.make_node("ReduceMean", ["images"], ["mean"], keepdims=0),
        helper.make_node("Mul", ["mean", "zero"], ["nothing"]),
        helper.make_node("Add", ["boxes", "nothing"], ["output0"]),
    ]
    constants = [numpy_helper.from_array(np.zeros((), np.float32), "zero")]
    constants.append(numpy_helper.from_array(boxes, "boxes"))
    graph = helper.make_graph(
        nodes,
        "person",
        [helper.make_tensor_value_info("images", TensorProto.FLOAT, (1, 3, SIDE, SIDE))],
        [helper.make_tensor_value_info("output0", TensorProto.FLOAT, boxes.shape)],
        constants,
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    helper.set_model_props(model, {"names": str(dict(enumerate(CLASSES)))})
    onnx.save(model, str(path))
    return path
