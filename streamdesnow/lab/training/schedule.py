"""How fast a network learns at each step of a recipe."""

from __future__ import annotations

import math

from streamdesnow.lab.training.recipe import Recipe

__all__ = ["rate_at"]


def rate_at(recipe: Recipe, step: int) -> float:
    """The learning rate of a step: it rises at the start, and falls to a hundredth unless it is constant."""
    rise = min(1.0, (step + 1) / max(recipe.warmup, 1))
    if recipe.schedule == "constant":
        return recipe.rate * rise
    return recipe.rate * rise * (0.01 + 0.99 * 0.5 * (1 + math.cos(math.pi * step / recipe.iterations)))
