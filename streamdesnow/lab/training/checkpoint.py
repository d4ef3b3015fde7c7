"""Checkpoints that `streamdesnow train` wrote, read back."""

from __future__ import annotations

import pickle
from pathlib import Path
from typing import Any

import torch
from torch import nn

from streamdesnow.errors import ModelCorrupt, ModelNotFound
from streamdesnow.lab.training.causal import causal_net
from streamdesnow.lab.training.recipe import CausalRecipe, Recipe, parse_recipe
from streamdesnow.lab.training.still import still_net

__all__ = ["load_checkpoint", "network_of", "read_checkpoint"]

_KEYS = frozenset({"recipe", "net", "average", "optimiser", "step", "extra"})


def read_checkpoint(path: Path, where: torch.device | str = "cpu") -> dict[str, Any]:
    """All that a checkpoint holds: `recipe`, `net`, `average`, `optimiser`, `step` and `extra`.

    Args:
        path: the file.
        where: device that its tensors are put on.

    Raises:
        ModelNotFound: there is no such file.
        ModelCorrupt: it is not a checkpoint of ours.
    """
    if not path.is_file():
        raise ModelNotFound(f"{path}: no checkpoint there; `streamdesnow train` writes one")
    try:
        state = torch.load(path, map_location=where, weights_only=True)
    except (KeyError, RuntimeError, ValueError, TypeError, EOFError, pickle.UnpicklingError) as error:
        # What torch says here advises to load it unsafely.
        raise ModelCorrupt(f"{path}: not a checkpoint that `streamdesnow train` wrote") from error
    missing = _KEYS - (state.keys() if isinstance(state, dict) else set())
    if missing:
        raise ModelCorrupt(
            f"{path}: not a checkpoint that `streamdesnow train` wrote: no {min(missing)} in it"
        )
    return dict(state)


def load_checkpoint(path: Path) -> tuple[Recipe, nn.Module, int]:
    """The recipe, the network with the running mean of its weights, and the steps it was trained.

    Raises:
        ModelNotFound: there is no such file.
        ModelCorrupt: it is not a checkpoint of ours, or of a network that is no more.
    """
    state = read_checkpoint(path)
    try:
        recipe = parse_recipe(state["recipe"])
        net = network_of(recipe)
        net.load_state_dict(state["average"])
    except (KeyError, RuntimeError, ValueError, TypeError) as error:
        raise ModelCorrupt(f"{path}: of another version of streamdesnow: {error}") from error
    return recipe, net.eval(), int(state["step"])


def network_of(recipe: Recipe) -> nn.Module:
    """The network that a recipe trains, its weights as they are drawn."""
    if isinstance(recipe, CausalRecipe):
        return causal_net(recipe)
    return still_net(recipe)
