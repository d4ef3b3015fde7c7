"""Networks with their convolutions in eight bits, made by NNCF after training."""

from __future__ import annotations

import contextlib
import hashlib
import io
import logging
from collections.abc import Iterable
from pathlib import Path

import onnx
import onnx.numpy_helper
import yaml

from streamdesnow.lab.border.half_precision import store_half, widen
from streamdesnow.lab.shipping.calibration import Feeds
from streamdesnow.lab.shipping.kept_in_float import CONVOLUTIONS, kept_in_float
from streamdesnow.models.folder import CARD, QUANTISED, ModelFolder
from streamdesnow.models.manifest import ModelManifest, Quantised

__all__ = ["eight_bits", "share_steps", "write_twin"]

_STEPS = ("QuantizeLinear", "DequantizeLinear")


def eight_bits(model: ModelFolder, feeds: Iterable[Feeds]) -> onnx.ModelProto:
    """The model's network with weights and inputs of its convolutions in eight bits.

    All else stays in floating point: the arithmetic of memories, whose slow averages would stand still, and
    the convolutions that `kept_in_float` names.

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
    samples = list(feeds)
    names = [node.name for node in network.graph.node if node.op_type not in CONVOLUTIONS]
    names += kept_in_float(network, model.card)
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
