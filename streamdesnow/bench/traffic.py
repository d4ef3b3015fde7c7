"""Bytes that a network moves when nothing is fused: what each of its operations reads and writes."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

from streamdesnow.engines.network import state_shapes
from streamdesnow.models.folder import ModelFolder

__all__ = ["bytes_per_pixel"]

_SIDE = 256
_MOVES_NOTHING = frozenset({"Shape", "Reshape", "Squeeze", "Unsqueeze", "Identity", "Constant"})


def bytes_per_pixel(model: ModelFolder) -> float | None:
    """Of one frame in float32, counted by onnxruntime's profiler on a small frame; None without onnxruntime.

    Convolutions are fused with what follows them, as onnxruntime does on a GPU, the rest runs by itself. A
    compiler such as TensorRT fuses more and moves less.
    """
    try:
        import onnxruntime
    except ImportError:
        return None
    side = -(-_SIDE // model.card.side_multiple) * model.card.side_multiple
    with tempfile.TemporaryDirectory(prefix="streamdesnow-bench-") as folder:
        options = onnxruntime.SessionOptions()
        options.log_severity_level = 4
        options.enable_profiling = True
        options.profile_file_prefix = str(Path(folder) / "profile")
        # The level above this one changes layouts for the CPU at hand.
        options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_EXTENDED
        session = onnxruntime.InferenceSession(str(model.onnx), options, providers=["CPUExecutionProvider"])
        session.run(None, _inputs(model, side))
        events = json.loads(Path(session.end_profiling()).read_text(encoding="utf-8"))
    return sum(_moved(event) for event in events) / (side * side)


def _inputs(model: ModelFolder, side: int) -> dict[str, Any]:
    shapes = state_shapes(model, batch=1, width=side, height=side)
    states = {
        spec.input: np.zeros(shape, spec.dtype) for spec, shape in zip(model.card.states, shapes, strict=True)
    }
    return {model.card.input.name: np.zeros((1, side, side, 3), np.uint8), **states}


def _moved(event: dict[str, Any]) -> int:
    details = event.get("args", {})
    if not event.get("name", "").endswith("_kernel_time") or details.get("op_name") in _MOVES_NOTHING:
        return 0
    # Weights are read once a call, whatever the frame's size: on a small frame they would count too much.
    return sum(int(details.get(key, 0)) for key in ("activation_size", "output_size"))
