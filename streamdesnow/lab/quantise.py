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
import yaml

from streamdesnow.lab.calibration import Feeds
from streamdesnow.lab.half_precision import store_half, widen
from streamdesnow.models.folder import CARD, QUANTISED, ModelFolder
from streamdesnow.models.manifest import ModelManifest, Quantised

__all__ = ["eight_bits", "placing_pixels", "reading_pixels", "write_twin"]

_CONVOLUTIONS = ("Conv", "ConvTranspose")
_Side = Literal["input", "output"]


def eight_bits(model: ModelFolder, feeds: Iterable[Feeds]) -> onnx.ModelProto:
    """The model's network with weights and inputs of its convolutions in eight bits.

    All else stays in floating point: the arithmetic of memories, whose slow averages would stand still, the
    convolutions that read pixels and their differences from memories, where one code value matters, and
    those that say where pixels are taken from.

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
    names += reading_pixels(network, model.card.input.name) + placing_pixels(network)
    with contextlib.redirect_stdout(io.StringIO()):  # its progress bars, which it cannot be asked to leave
        quantised: onnx.ModelProto = nncf.quantize(
            network,
            nncf.Dataset(samples, lambda sample: sample),
            # What convolutions read is not centred on zero. Ranges reach to its rarest values: cut off, they make
            # pictures a little darker wherever snow is unlike what was calibrated with.
            preset=nncf.QuantizationPreset.MIXED,
            advanced_parameters=nncf.AdvancedQuantizationParameters(
                activations_range_estimator_params=RangeEstimatorParametersSet.MEAN_MINMAX
            ),
            subset_size=len(samples),
            ignored_scope=nncf.IgnoredScope(names=names, validate=False),
        )
    store_half(quantised)
    onnx.checker.check_model(quantised)
    return quantised


def reading_pixels(network: onnx.ModelProto, pixels: str) -> list[str]:
    """Names of the convolutions that the input `pixels` reaches without passing another one."""
    return _first_convolutions(network.graph.node, {pixels}, "input", "output")


def placing_pixels(network: onnx.ModelProto) -> list[str]:
    """Names of the convolutions that reach the positions of a `GridSample` without passing another one."""
    positions = {node.input[1] for node in network.graph.node if node.op_type == "GridSample"}
    return _first_convolutions(reversed(network.graph.node), positions, "output", "input")


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
