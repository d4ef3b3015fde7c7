"""Trained weights from wherever they are: a checkpoint, or a model by its name or folder."""

from __future__ import annotations

from pathlib import Path

from torch import nn

from streamdesnow.errors import ConfigError, ModelCorrupt, ModelNotFound
from streamdesnow.lab.training.checkpoint import read_checkpoint
from streamdesnow.models.find import find_model
from streamdesnow.models.folder import ModelFolder

__all__ = ["load_weights", "trained_model"]


def load_weights(net: nn.Module, source: Path) -> None:
    """Give `net`, in place, trained weights.

    Args:
        net: a network of the same shape. A checkpoint may lack its `additions`, which then begin anew.
        source: a checkpoint of `streamdesnow train`, of which the running mean is taken, or a model's name or
            folder.

    Raises:
        ConfigError: there is neither at `source`, or it is another network.
    """
    if not source.is_file():
        from streamdesnow.lab.border.model_weights import load_model_weights

        load_model_weights(net, trained_model(source))
        return
    try:
        weights = read_checkpoint(source)["average"]
    except ModelCorrupt as error:
        raise ConfigError(str(error)) from error
    additions: tuple[str, ...] = getattr(net, "additions", ())
    added = {name: weight for name, weight in net.state_dict().items() if name.startswith(additions)}
    try:
        net.load_state_dict(added | weights)
    except RuntimeError as error:
        raise ConfigError(f"{source} is another network: {error}") from error


def trained_model(source: Path) -> ModelFolder:
    """The model at `source`, which is no checkpoint.

    Raises:
        ConfigError: there is none.
    """
    try:
        return find_model(source)
    except ModelNotFound as error:
        raise ConfigError(f"{source} is neither a checkpoint nor a model: {error}") from error
