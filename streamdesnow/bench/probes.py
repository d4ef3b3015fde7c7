"""Networks that reach a ceiling and do nothing else: run through an engine, they tell what it can reach here.

They are model folders like any other, so that a ceiling is measured through the same engine, library, device
and precision as the models.
"""

from __future__ import annotations

import hashlib
import math
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from streamdesnow.bench.work import Work
from streamdesnow.errors import EngineUnavailable
from streamdesnow.models.folder import CARD, NETWORK, ModelFolder
from streamdesnow.models.manifest import ModelManifest, StateSpec, TensorSpec

__all__ = ["CONV_WIDTHS", "conv_probe", "conv_work", "stream_probe", "stream_work"]

CONV_WIDTHS = (64, 128, 256)
"""Channels: which of them a processor likes best depends on its caches and matrix units."""

_LAYERS = 8
_DEPTH = 4096
_OPSET, _IR = 18, 10
_FRAME = ("N", "H", "W", 3)


def conv_work(channels: int, side: int) -> Work:
    """Work of `conv_probe` on a frame of `side` x `side` pixels; its traffic stays in caches where it can."""
    weights = 9 * channels * (3 + _LAYERS * channels + 3)
    return Work(flop=2.0 * weights * side * side, least_bytes=6.0 * side * side)


def conv_probe(folder: Path, channels: int) -> ModelFolder:
    """Eight 3x3 convolutions from `channels` to as many, with ReLU: what networks for pictures are made of.

    Raises:
        EngineUnavailable: the package onnx is missing.
    """
    onnx = _onnx()
    node = onnx.helper.make_node
    random = np.random.default_rng(0)
    nodes = [
        node("Cast", ["frame"], ["numbers"], to=onnx.TensorProto.FLOAT),
        node("Transpose", ["numbers"], ["x0"], perm=[0, 3, 1, 2]),
    ]
    weights = []
    widths = [3, *[channels] * (_LAYERS + 1), 3]
    for number, (before, after) in enumerate(pairwise(widths)):
        kernel = random.normal(0, 1 / math.sqrt(9 * before), (after, before, 3, 3)).astype(np.float32)
        weights.append(onnx.numpy_helper.from_array(kernel, f"w{number}"))
        nodes.append(node("Conv", [f"x{number}", f"w{number}"], [f"c{number}"], pads=[1, 1, 1, 1]))
        nodes.append(node("Relu", [f"c{number}"], [f"x{number + 1}"]))
    nodes.append(node("Transpose", [f"x{len(widths) - 1}"], ["bounded"], perm=[0, 2, 3, 1]))
    nodes.append(node("Cast", ["bounded"], ["clean"], to=onnx.TensorProto.UINT8))
    return _write(folder, nodes, weights, ())


def stream_work(side: int) -> Work:
    """Work of `stream_probe`: memory read and written."""
    numbers = _DEPTH * side * side
    return Work(flop=numbers, least_bytes=2.0 * (4 * numbers + 3 * side * side))


def stream_probe(folder: Path) -> ModelFolder:
    """Adds 1 to a memory of 16 KiB a pixel: nothing but reading and writing.

    Raises:
        EngineUnavailable: the package onnx is missing.
    """
    onnx = _onnx()
    node = onnx.helper.make_node
    one = onnx.numpy_helper.from_array(np.array(1, np.float32), "one")
    nodes = [node("Identity", ["frame"], ["clean"]), node("Add", ["memory", "one"], ["memory_next"])]
    state = StateSpec(input="memory", output="memory_next", shape=("N", _DEPTH, "H", "W"))
    return _write(folder, nodes, [one], (state,))


def _write(folder: Path, nodes: list[Any], weights: list[Any], states: tuple[StateSpec, ...]) -> ModelFolder:
    onnx = _onnx()
    value, kinds = onnx.helper.make_tensor_value_info, onnx.TensorProto
    inputs = [value("frame", kinds.UINT8, _FRAME), *(value(s.input, kinds.FLOAT, s.shape) for s in states)]
    outputs = [value("clean", kinds.UINT8, _FRAME), *(value(s.output, kinds.FLOAT, s.shape) for s in states)]
    graph = onnx.helper.make_graph(nodes, folder.name, inputs, outputs, weights)
    opset = onnx.helper.make_opsetid("", _OPSET)
    content = onnx.helper.make_model(graph, opset_imports=[opset], ir_version=_IR).SerializeToString()
    card = ModelManifest(
        name=folder.name,
        kind="causal" if states else "still",
        summary="Reaches a ceiling and does nothing else.",
        side_multiple=1,
        input=TensorSpec(name="frame", dtype="uint8", shape=_FRAME),
        output=TensorSpec(name="clean", dtype="uint8", shape=_FRAME),
        states=states,
        parameters=sum(math.prod(weight.dims) for weight in weights),
        gmac_720p=0.0,
        onnx_sha256=hashlib.sha256(content).hexdigest(),
        trained="not trained",
        licence="Apache-2.0",
    )
    folder.mkdir(parents=True)
    (folder / NETWORK).write_bytes(content)
    (folder / CARD).write_text(card.model_dump_json(), encoding="utf-8")  # JSON is YAML
    return ModelFolder(folder)


def _onnx() -> Any:
    try:
        import onnx
    except ImportError as error:
        raise EngineUnavailable(
            'what this machine can reach is not measured without onnx: pip install "streamdesnow[bench]"'
        ) from error
    return onnx
