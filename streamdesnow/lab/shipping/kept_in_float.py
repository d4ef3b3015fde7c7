"""Convolutions of a network that eight bits leave alone."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

import onnx

from streamdesnow.models.manifest import ModelManifest

__all__ = [
    "CONVOLUTIONS",
    "foreseeing",
    "kept_in_float",
    "meeting_features",
    "placing_pixels",
    "reading_inputs",
    "writing_outputs",
]

CONVOLUTIONS = ("Conv", "ConvTranspose")
_FEATURES = "features"
"""The memory of networks that carry features from frame to frame."""
_FLOW = "flow"
"""The memory of where pixels come from."""
_Side = Literal["input", "output"]


def kept_in_float(network: onnx.ModelProto, card: ModelManifest) -> list[str]:
    """Names of the convolutions that stay in floating point.

    They read pixels, memories and their differences, where one code value matters; or what remembered
    features were just added to, a few of which are so large that steps reaching to them are coarse for all;
    or their results are remembered as they are; or they say where pixels are taken from.
    """
    # What has no places, such as the age of a memory, joins in behind the first convolutions.
    pictures = (state for state in card.states if any(str(side).startswith("W") for side in state.shape))
    return [
        *reading_inputs(network, {card.input.name, *(state.input for state in pictures)}),
        *meeting_features(network),
        *writing_outputs(network, [state.output for state in card.states]),
        *placing_pixels(network),
        *foreseeing(network, {state.output for state in card.states if state.input == _FLOW}),
    ]


def reading_inputs(network: onnx.ModelProto, inputs: set[str]) -> list[str]:
    """Names of the convolutions that one of `inputs` reaches without passing another one."""
    return _first_convolutions(network.graph.node, inputs, "input", "output")


def meeting_features(network: onnx.ModelProto) -> list[str]:
    """Name of the convolution that is the first to read what remembered features were added to, if any is."""
    recalling = reading_inputs(network, {_FEATURES})
    recalled = {name for node in network.graph.node if node.name in recalling for name in node.output}
    return reading_inputs(network, recalled)[:1]


def writing_outputs(network: onnx.ModelProto, outputs: Iterable[str]) -> list[str]:
    """Names of the convolutions of which `outputs` are made, each of one and of nothing else computed."""
    makers = {name: node for node in network.graph.node for name in node.output}
    constants = {constant.name for constant in network.graph.initializer}
    found = []
    for output in outputs:
        node = makers.get(output)
        while node is not None and node.op_type not in CONVOLUTIONS:
            computed = [name for name in node.input if name not in constants]
            node = makers.get(computed[0]) if len(computed) == 1 else None
        if node is not None:
            found.append(node.name)
    return found


def placing_pixels(network: onnx.ModelProto) -> list[str]:
    """Names of all convolutions that the positions of a `GridSample` are made by."""
    made_of = {node.input[1] for node in network.graph.node if node.op_type == "GridSample"}
    found = []
    for node in reversed(network.graph.node):
        if not made_of.isdisjoint(node.output):
            made_of.update(node.input)
            found += [node.name] if node.op_type in CONVOLUTIONS else []
    return found


def foreseeing(network: onnx.ModelProto, outputs: set[str]) -> list[str]:
    """Names of the last convolutions before `outputs`, of which positions of the next frame are made."""
    return _first_convolutions(reversed(network.graph.node), outputs, "output", "input")


def _first_convolutions(
    nodes: Iterable[onnx.NodeProto],
    tensors: set[str],
    near: _Side,
    far: _Side,
) -> list[str]:
    """Names of the first convolutions that ways from `tensors` meet, which enter nodes on their near side."""
    reached, found = set(tensors), []
    for node in nodes:
        if reached.isdisjoint(getattr(node, near)):
            continue
        if node.op_type in CONVOLUTIONS:
            found.append(node.name)
            continue
        reached.update(getattr(node, far))
    return found
