"""A training recipe: everything that decides how a model comes out, in one YAML file."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import yaml
from pydantic import Field, ValidationError

from streamdesnow.config.base import Section
from streamdesnow.errors import ConfigError

__all__ = ["CausalRecipe", "LossWeights", "Recipe", "StillRecipe", "load_recipe"]

_SHIPPED = Path(__file__).parent / "recipes"


class LossWeights(Section):
    """Weights of the paper's loss, L = mse * MSE + perceptual * P + variation * TV."""

    mse: float = 1.0
    """Weight of the mean squared error, pixels in 0..1 (equation 1)."""
    perceptual: float = 10.0
    """Weight of the squared distance of VGG features (equation 2)."""
    variation: float = 0.0001
    """Weight of the total variation of the output (equation 3)."""


class _Recipe(Section):
    name: str
    """Name of the model that comes out."""
    photos: tuple[Path, ...] = Field(min_length=1)
    """Folders of clean photographs; snow is drawn on them while training."""
    side: int = Field(ge=32)
    """Width and height of training crops."""
    batch: int = Field(ge=1)
    """Crops or streams a step."""
    iterations: int = Field(ge=1)
    """Steps."""
    rate: float = Field(gt=0)
    """Adam's learning rate at its highest."""
    schedule: Literal["constant", "cosine"] = "cosine"
    """Course of the learning rate after the warm-up."""
    warmup: int = 200
    """Steps over which the learning rate rises."""
    average: float = Field(default=0.999, ge=0, lt=1)
    """Decay of the running mean of the weights, which is what is exported; 0 for none."""
    workers: int = Field(default=1, ge=0)
    """Processes that draw training data."""
    seed: int = 1
    """Seed of weights and data."""
    validate_every: int = Field(default=500, ge=1)
    """Steps between validations on scenes that are never trained on."""


class CausalRecipe(_Recipe):
    """For networks with memory: streams of drawn scenes, back-propagation through time."""

    kind: Literal["causal"]
    """Selects this form."""
    width: int = 48
    """Channels at a quarter of the resolution."""
    deep: int = 80
    """Channels at an eighth."""
    blocks: tuple[int, int, int] = (1, 4, 1)
    """Residual blocks before, at and after the eighth."""
    carried: int = 32
    """Channels of features that are remembered."""
    window: int = Field(default=6, ge=1)
    """Frames that gradients flow back through."""
    length: tuple[int, int] = (18, 60)
    """Shortest and longest stream, after which memory starts from nothing."""
    moving: float = 0.5
    """Weight of the loss on moving pixels, scored apart."""
    harm: float = Field(default=0.0, ge=0)
    """How many times more an error on a moving pixel counts where it is worse than the input's."""


class StillRecipe(_Recipe):
    """For networks that see one picture: the paper's."""

    kind: Literal["still"]
    """Selects this form."""
    net: Literal["paper"] = "paper"
    """Network."""
    losses: LossWeights = LossWeights()
    """Weights of the loss."""
    vgg: Path | None = None
    """Weights of the VGG features of the perceptual loss, a state dict; without it that loss is left out."""


Recipe = CausalRecipe | StillRecipe


class _Any(Section):
    recipe: Recipe = Field(discriminator="kind")


def load_recipe(name_or_path: str) -> Recipe:
    """A recipe by the name of a shipped one or by path.

    Raises:
        ConfigError: no such recipe, or it is wrong; the message says where.
    """
    path = Path(name_or_path)
    if not path.is_file():
        path = _SHIPPED / (Path(name_or_path).stem + ".yaml")
    if not path.is_file():
        shipped = ", ".join(sorted(p.stem for p in _SHIPPED.glob("*.yaml")))
        raise ConfigError(f"{name_or_path}: no such recipe; shipped ones are {shipped}")
    try:
        return _Any.model_validate({"recipe": yaml.safe_load(path.read_text())}).recipe
    except yaml.YAMLError as error:
        raise ConfigError(f"{path}: not YAML: {error}") from error
    except ValidationError as error:
        lines = [f"{path}: {'.'.join(str(p) for p in e['loc'][2:])}: {e['msg']}" for e in error.errors()]
        raise ConfigError("\n".join(lines)) from error
