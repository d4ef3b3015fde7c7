"""Networks with their convolutions in eight bits, made by NNCF after training."""

from __future__ import annotations

import contextlib
import hashlib
import io
import logging
from collections.abc import Iterable
from pathlib import Path
from typing import Literal

import onnx
import onnx.numpy_helper
import yaml

from streamdesnow.lab.calibration import Feeds
from streamdesnow.lab.half_precision import store_half, widen
from streamdesnow.models.folder import CARD, QUANTISED, ModelFolder
from streamdesnow.models.manifest import ModelManifest, Quantised

__all__ = ["eight_bits", "placing_pixels", "reading_inputs", "share_steps", "write_twin", "writing_outputs"]

_CONVOLUTIONS = ("Conv", "ConvTranspose")
_STEPS = ("QuantizeLinear", "DequantizeLinear")
_Side = Literal["input", "output"]


def eight_bits(model: ModelFolder, feeds: Iterable[Feeds]) -> onnx.ModelProto:
    """The model's network with weights and inputs of its convolutions in eight bits.

    All else stays in floating point: the arithmetic of memories, whose slow averages would stand still, the
    convolutions that read pixels, memories and their differences, where one code value matters, those
    whose results are remembered as they are, and those that say where pixels are taken from.

    Args:
        model: the model folder.
        feeds: inputs that are typical of what the network will see.
    """
    import nncf
    from nncf.quantization.range_estimator import RangeEstimatorParametersSet

    # Not by its own function, which changes the level of others' handlers too.
    logging.getLogger("nncf").setLevel(logging.ERROR)
    network = onnx.load(model.onnx)
    widen(network)
    kept = [node for node in network.graph.node if node.op_type not in _CONVOLUTIONS]
    samples = list(feeds)
    names = [node.name for node in kept]
    # What has no places, such as the age of a memory, is added behind the first convolutions.
    pictures = {state.input for state in model.card.states if "W" in str(state.shape)}
    names += reading_inputs(network, {model.card.input.name, *pictures})
    names += writing_outputs(network, [state.output for state in model.card.states])
    names += placing_pixels(network)
    with contextlib.redirect_stdout(io.StringIO()):  # its progress bars, which it cannot be asked to leave
        quantised: onnx.ModelProto = nncf.quantize(
            network,
            nncf.Dataset(samples, lambda sample: sample),
            # What convolutions read is not centred on zero. Ranges reach to its rarest values: cut off, they
            # make pictures a little darker wherever snow is unlike what was calibrated with.
            preset=nncf.QuantizationPreset.MIXED,
            advanced_parameters=nncf.AdvancedQuantizationParameters(
                activations_range_estimator_params=RangeEstimatorParametersSet.MEAN_MINMAX
            ),
            subset_size=len(samples),
            ignored_scope=nncf.IgnoredScope(names=names, validate=False),
        )
    share_steps(quantised)
    store_half(quantised)
    onnx.checker.check_model(quantised)
    return quantised


def reading_inputs(network: onnx.ModelProto, inputs: set[str]) -> list[str]:
    """Names of the convolutions that one of `inputs` reaches without passing another one."""
    return _first_convolutions(network.graph.node, inputs, "input", "output")


def writing_outputs(network: onnx.ModelProto, outputs: Iterable[str]) -> list[str]:
    """Names of the convolutions of which `outputs` are made, each of one and of nothing else computed."""
    makers = {name: node for node in network.graph.node for name in node.output}
    constants = {constant.name for constant in network.graph.initializer}
    found = []
    for output in outputs:
        node = makers.get(output)
        while node is not None and node.op_type not in _CONVOLUTIONS:
            computed = [name for name in node.input if name not in constants]
            node = makers.get(computed[0]) if len(computed) == 1 else None
        if node is not None:
            found.append(node.name)
    return found


def placing_pixels(network: onnx.ModelProto) -> list[str]:
    """Names of the convolutions that reach the positions of a `GridSample` without passing another one."""
    positions = {node.input[1] for node in network.graph.node if node.op_type == "GridSample"}
    return _first_convolutions(reversed(network.graph.node), positions, "output", "input")


def share_steps(network: onnx.ModelProto) -> None:
    """Let all that read a tensor in the same eight bits read it from the same nodes, in place.

    NNCF gives each convolution nodes of its own, and OpenVINO (2026.4) computes in float32 where more than
    two read one tensor in eight bits and others in float.
    """
    graph = network.graph
    constants = {constant.name: constant for constant in graph.initializer}
    first: dict[tuple[object, ...], str] = {}
    replaced: dict[str, str] = {}
    for node in list(graph.node):
        node.input[:] = [replaced.get(name, name) for name in node.input]
        if node.op_type not in _STEPS or node.input[0] in constants:
            continue
        steps = (onnx.numpy_helper.to_array(constants[name]).tobytes() for name in node.input[1:])
        attributes = tuple(attribute.SerializeToString() for attribute in node.attribute)
        key = (node.op_type, node.input[0], attributes, *steps)
        if key in first:
            replaced[node.output[0]] = first[key]
            graph.node.remove(node)
        else:
            first[key] = node.output[0]
    read = {name for node in graph.node for name in node.input}
    for constant in constants.values():
        if constant.name not in read:
            graph.initializer.remove(constant)


def _first_convolutions(
    nodes: Iterable[onnx.NodeProto], tensors: set[str], near: _Side, far: _Side
) -> list[str]:
    """Names of the first convolutions that ways from `tensors` meet, which enter nodes on their near side."""
    reached, found = set(tensors), []
    for node in nodes:
        if reached.isdisjoint(getattr(node, near)):
            continue
        if node.op_type in _CONVOLUTIONS:
            found.append(node.name)
        else:
            reached.update(getattr(node, far))
    return found


def write_twin(model: ModelFolder, network: onnx.ModelProto, loss: float, measured: str) -> None:
    """Put the network beside `model.onnx`, and what it loses into `model.yaml`.

    Args:
        loss, measured: as in `Quantised`.
    """
    content = network.SerializeToString()
    digest = hashlib.sha256(content).hexdigest()
    twin = Quantised(onnx_sha256=digest, loss=round(loss, 2), measured=measured)
    (model.path / QUANTISED).write_bytes(content)
    _write_card(model.path / CARD, model.card.model_copy(update={"int8": twin}))


def _write_card(path: Path, card: ModelManifest) -> None:
    text = yaml.safe_dump(card.model_dump(mode="json", exclude_none=True), sort_keys=False, width=100)
    path.write_text(text, encoding="utf-8")
