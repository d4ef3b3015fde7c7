"""From a checkpoint to a model folder: ONNX, manifest, and the proof that both sides agree."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnx
import torch
import yaml
from torch import Tensor, nn

from streamdesnow.errors import ConfigError
from streamdesnow.lab.border.half_precision import store_half
from streamdesnow.lab.border.pixels import border_of
from streamdesnow.lab.shipping.compute import gmac
from streamdesnow.lab.shipping.tracing import traced
from streamdesnow.lab.training.checkpoint import load_checkpoint, network_of
from streamdesnow.lab.training.load_weights import load_weights
from streamdesnow.lab.training.recipe import Recipe
from streamdesnow.lab.training.weights import mix_weights
from streamdesnow.models.manifest import ModelManifest, StateSpec, TensorSpec
from streamdesnow.models.shapes import resolve_shape

__all__ = ["Blend", "Exported", "export"]

_PIXELS = ("N", "H", "W", 3)


@dataclass(frozen=True, slots=True)
class Exported:
    """What `export` wrote.

    Attributes:
        folder: the model folder.
        largest_difference: between torch and onnxruntime on random frames, in code values.
    """

    folder: Path
    largest_difference: int


@dataclass(frozen=True, slots=True)
class Blend:
    """Weights that are mixed into those of a checkpoint.

    The mean of the weights before and after one more run of training, or of several runs from one start, is
    often better than any of them, as they lie in one valley of the loss (Wortsman et al. 2022, "Model
    soups"). Of unrelated runs it is worthless.

    Attributes:
        source: a checkpoint, or the name or folder of a model, of the same network.
        share: of these weights in the mixture, 0..1.
    """

    source: Path
    share: float


def export(
    checkpoint: Path,
    folder: Path,
    *,
    summary: str,
    trained: str,
    licence: str = "Apache-2.0",
    blends: Sequence[Blend] = (),
) -> Exported:
    """Write `model.onnx` and `model.yaml`, weights in half precision on disk, and compare the two sides.

    Args:
        checkpoint: as `streamdesnow train` wrote it.
        folder: the model folder, made if need be.
        summary: what the model is for, one line.
        trained: data and machine, one line; the steps are added.
        licence: of the weights.
        blends: weights to mix in; the checkpoint's own have the share that these leave.

    Raises:
        ModelNotFound, ModelCorrupt: the checkpoint is missing or none of ours.
        ConfigError: what is to be mixed in is missing or another network, or its shares are more than 1.
    """
    recipe, net, steps = load_checkpoint(checkpoint)
    _mix_in(net, recipe, blends)
    folder.mkdir(parents=True, exist_ok=True)
    _round_to_half(net)
    border = border_of(net).eval()
    states, multiple = border.states, border.net.side_multiple
    path = folder / "model.onnx"
    _write_onnx(border, states, multiple, path)
    manifest = ModelManifest(
        name=folder.name,
        kind="causal" if states else "still",
        summary=summary,
        side_multiple=multiple,
        input=TensorSpec(name="frame", dtype="uint8", shape=_PIXELS),
        output=TensorSpec(name="clean", dtype="uint8", shape=_PIXELS),
        states=states,
        parameters=sum(p.numel() for p in net.parameters()),
        gmac_720p=round(gmac(border, _example(states, 1, 720, 1280)), 2),
        onnx_sha256=hashlib.sha256(path.read_bytes()).hexdigest(),
        receptive_field=border.net.receptive_field,
        activation_bytes=border.net.activation_bytes,
        trained=f"{trained} {steps} steps of recipe {recipe.name}.",
        licence=licence,
    )
    text = yaml.safe_dump(manifest.model_dump(mode="json"), sort_keys=False, width=100)
    (folder / "model.yaml").write_text(text)
    return Exported(folder, _compare(border, states, multiple, path))


def _mix_in(net: nn.Module, recipe: Recipe, blends: Sequence[Blend]) -> None:
    mixed = 1.0 - sum(blend.share for blend in blends)
    if mixed < -1e-6:
        raise ConfigError(f"shares of the weights to mix in sum up to {1 - mixed:g}; at most 1 will do")
    for blend in blends:
        mixed += blend.share
        other = network_of(recipe)  # what its source lacks is as it was drawn, not as `net` has learned it
        load_weights(other, blend.source)
        mix_weights(net, other, blend.share / mixed if blend.share else 0.0)


def _round_to_half(net: nn.Module) -> None:
    """Both sides use the weights as they are stored, so rounding is not a difference between them."""
    with torch.no_grad():
        for parameter in net.parameters():
            parameter.copy_(parameter.half().float())


def _example(states: tuple[StateSpec, ...], n: int, height: int, width: int) -> tuple[Tensor, ...]:
    """Random frames and a memory of nothing."""
    frame = torch.randint(0, 256, (n, height, width, 3), dtype=torch.uint8)
    shapes = [resolve_shape(state.shape, batch=n, width=width, height=height) for state in states]
    memory = [np.zeros(shape, state.dtype) for shape, state in zip(shapes, states, strict=True)]
    return (frame, *map(torch.from_numpy, memory))


def _write_onnx(border: nn.Module, states: tuple[StateSpec, ...], multiple: int, path: Path) -> None:
    n, h, w = (torch.export.Dim(name, min=1) for name in ("N", "hm", "wm"))
    sizes = {"N": n, "H": multiple * h, "W": multiple * w}
    for name, dim in (("H", h), ("W", w)):
        for quotient in (2, 4, 8):
            if multiple % quotient == 0:
                sizes[f"{name}/{quotient}"] = (multiple // quotient) * dim
    shapes = [_PIXELS, *(s.shape for s in states)]
    dynamic = tuple({i: sizes[s] for i, s in enumerate(shape) if isinstance(s, str)} for shape in shapes)
    model = traced(
        border,
        _example(states, 2, multiple * 6, multiple * 8),
        ["frame", *(s.input for s in states)],
        ["clean", *(s.output for s in states)],
        dynamic,
    )
    _forget_sources(model)
    store_half(model)
    onnx.checker.check_model(model)
    onnx.save(model, str(path))


def _forget_sources(model: onnx.ModelProto) -> None:
    """Take out from which lines, of files in which folders of this machine, each node was traced."""
    for node in model.graph.node:
        node.ClearField("metadata_props")
        node.ClearField("doc_string")


def _compare(border: nn.Module, states: tuple[StateSpec, ...], multiple: int, path: Path) -> int:
    import onnxruntime

    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    torch.manual_seed(0)
    worst = 0
    for n, height, width in ((1, multiple * 5, multiple * 9), (3, multiple * 8, multiple * 4)):
        memory = _example(states, n, height, width)[1:]
        for _ in range(3):
            frame = torch.randint(0, 256, (n, height, width, 3), dtype=torch.uint8)
            names = ["frame", *(s.input for s in states)]
            feeds = {k: v.numpy() for k, v in zip(names, (frame, *memory), strict=True)}
            theirs = session.run(None, feeds)[0]
            with torch.no_grad():
                ours = border(frame, *memory)
            clean, memory = (ours, ()) if isinstance(ours, Tensor) else (ours[0], ours[1:])
            worst = max(worst, int(np.abs(clean.numpy().astype(int) - theirs.astype(int)).max()))
    return worst
