"""Trained weights from wherever they are: a checkpoint, or a model by its name or folder."""

from __future__ import annotations

from pathlib import Path

from torch import nn

from streamdesnow.errors import ConfigError, ModelCorrupt, ModelNotFound
from streamdesnow.lab.checkpoint import read_checkpoint
from streamdesnow.models.find import find_model

__all__ = ["load_weights"]


def load_weights(net: nn.Module, source: Path) -> None:
    """Give `net`, in place, trained weights.

    Args:
        net: a network of the same shape.
        source: a checkpoint of `streamdesnow train`, of which the running mean is taken, or a model's name or
            folder.

    Raises:
        ConfigError: there is neither at `source`, or it is another network.
    """
    if not source.is_file():
        _load_model(net, source)
        return
    try:
        weights = read_checkpoint(source)["average"]
    except ModelCorrupt as error:
        raise ConfigError(str(error)) from error
    try:
        net.load_state_dict(weights)
    except RuntimeError as error:
        raise ConfigError(f"{source} is another network: {error}") from error


def _load_model(net: nn.Module, source: Path) -> None:
    from streamdesnow.lab.model_weights import load_model_weights

    try:
        model = find_model(source)
    except ModelNotFound as error:
        raise ConfigError(f"{source} is neither a checkpoint nor a model: {error}") from error
    load_model_weights(net, model)
