"""Recipes: those that ship, and what is said of a wrong one."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from pydantic import ValidationError

from streamdesnow.errors import ConfigError
from streamdesnow.lab.training.recipe import CausalRecipe, StillRecipe, load_recipe, parse_recipe


@pytest.mark.parametrize(
    "name",
    [
        "fixed-camera",
        "fixed-camera-small",
        "tune-fixed-camera",
        "tune-fixed-camera-small",
        "paper",
        "paper-short",
        "still",
        "deblurgan",
        "deblurgan-short",
    ],
)
def test_shipped_recipes_are_valid(name: str) -> None:
    assert load_recipe(name).iterations > 0


def test_the_paper_recipe_is_the_published_one() -> None:
    recipe = load_recipe("paper")
    assert isinstance(recipe, StillRecipe)
    assert (recipe.batch, recipe.rate, recipe.schedule) == (8, 1e-4, "constant")
    assert recipe.iterations * recipe.batch == 10 * 10_000
    weights = recipe.losses
    assert (weights.mse, weights.perceptual, weights.variation) == (1.0, 10.0, 0.0001)


def test_a_wrong_recipe_says_which_key_is_wrong(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(yaml.safe_dump({"kind": "causal", "name": "x", "photos": ["p"], "side": 64, "batchh": 2}))
    with pytest.raises(ConfigError, match=r"mine\.yaml:1:1: batchh: unknown key; did you mean 'batch'\?"):
        load_recipe(str(path))
    path.write_text("kind: causal\nname: x\nphotos: [p]\nside: wide\nbatch: 2\niterations: 1\nrate: 0.1\n")
    with pytest.raises(ConfigError, match=r"mine\.yaml:4:7: side: expected a whole number, got 'wide'"):
        load_recipe(str(path))
    path.write_text("kind: casual\n")
    with pytest.raises(ConfigError, match=r"mine\.yaml:1:.*'causal'"):
        load_recipe(str(path))
    with pytest.raises(ConfigError, match="paper-short"):
        load_recipe("nothing")
    assert load_recipe("recipes/paper.yaml") == load_recipe("paper")
    with pytest.raises(ConfigError, match="no such recipe"):
        load_recipe(str(tmp_path / "paper.yaml"))


def test_expecting_without_motion_is_refused(recipe: CausalRecipe) -> None:
    with pytest.raises(ValidationError, match="set motion: true"):
        parse_recipe({**recipe.model_dump(), "expected": 1.0})
