"""Recipes for networks that train in seconds."""

from __future__ import annotations

from pathlib import Path

from drawn_photos import draw_photos

from streamdesnow.lab.training.recipe import CausalRecipe, StillRecipe


def tiny_recipe(photos: Path, **changes: object) -> CausalRecipe:
    """Four steps on photographs that are drawn into a folder; `changes` replaces or adds keys."""
    recipe = {
        "kind": "causal",
        "name": "tiny",
        "photos": (draw_photos(photos),),
        "side": 64,
        "batch": 2,
        "iterations": 4,
        "rate": 0.001,
        "warmup": 1,
        "workers": 0,
        "validate_every": 4,
        "width": 8,
        "deep": 8,
        "blocks": (1, 1, 1),
        "carried": 4,
        "window": 2,
        "length": (4, 6),
    }
    return CausalRecipe.model_validate(recipe | changes)


def tiny_still_recipe(**changes: object) -> StillRecipe:
    """One step of a network for stills; `changes` adds where its pictures are, and which network it is."""
    recipe = {
        "kind": "still",
        "name": "tiny",
        "side": 32,
        "batch": 1,
        "iterations": 1,
        "rate": 0.001,
        "workers": 0,
        "validate_every": 1,
    }
    return StillRecipe.model_validate(recipe | changes)
