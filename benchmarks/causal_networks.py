"""Networks for fixed cameras as torch has them, by the name of a model or from a checkpoint."""

from __future__ import annotations

from pathlib import Path

from streamdesnow.errors import ConfigError
from streamdesnow.lab.nets.fixed_camera import FixedCameraNet
from streamdesnow.lab.training.causal import causal_net
from streamdesnow.lab.training.checkpoint import load_checkpoint
from streamdesnow.lab.training.load_weights import load_weights, trained_model
from streamdesnow.lab.training.recipe import CausalRecipe, load_recipe


def causal_recipe(name: str) -> CausalRecipe:
    """A recipe by name or path.

    Raises:
        ConfigError: there is none, it is wrong, or not for a network with memory.
    """
    recipe = load_recipe(name)
    if not isinstance(recipe, CausalRecipe):
        raise ConfigError(f"{name} is not for a network with memory")
    return recipe


def causal_network(name: str) -> FixedCameraNet:
    """The network of a checkpoint, or of a causal model that ships.

    Raises:
        ConfigError: there is none, or it is not for fixed cameras.
        ModelCorrupt: the checkpoint cannot be read.
    """
    net: object = None
    if Path(name).is_file():
        net = load_checkpoint(Path(name))[1]
    else:
        recipe = load_recipe(trained_model(Path(name)).name)
        if isinstance(recipe, CausalRecipe):
            net = causal = causal_net(recipe).eval()
            load_weights(causal, Path(name))
    if not isinstance(net, FixedCameraNet):
        raise ConfigError(f"{name} is not for fixed cameras")
    return net
