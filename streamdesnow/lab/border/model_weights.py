"""Weights of a model folder, read back into a network, so that training may go on from what ships."""

from __future__ import annotations

import onnx
import torch
from onnx import numpy_helper
from torch import nn

from streamdesnow.errors import ConfigError
from streamdesnow.lab.border.causal import CausalBorder
from streamdesnow.lab.border.half_precision import widen
from streamdesnow.lab.border.pixels import border_of
from streamdesnow.models.folder import ModelFolder

__all__ = ["load_model_weights"]


def load_model_weights(net: nn.Module, model: ModelFolder) -> None:
    """Give `net`, in place, the weights of a model: those that were trained, rounded to half precision.

    Args:
        net: one that `streamdesnow export` writes, of the same shape as the model's; it may have motion where
            the model has none, which then begins anew.
        model: as `streamdesnow export` wrote it.

    Raises:
        ConfigError: the model is another network.
    """
    border = border_of(net)
    network = onnx.load(str(model.onnx))
    widen(network)
    stored = {tensor.name: tensor for tensor in network.graph.initializer}
    additions = border.additions if isinstance(border, CausalBorder) else ()
    wanted = [name for name in border.exported if name in stored or not name.startswith(additions)]
    try:
        weights = {name: torch.from_numpy(numpy_helper.to_array(stored[name]).copy()) for name in wanted}
        border.load_state_dict(weights, strict=False)
    except (KeyError, RuntimeError) as error:
        raise ConfigError(f"{model.path} is another network: {error}") from error
    if isinstance(border, CausalBorder):
        border.join()
