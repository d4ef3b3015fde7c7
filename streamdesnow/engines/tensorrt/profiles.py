"""Optimisation profiles: which shapes an engine is built for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from streamdesnow.engines.network import state_shapes
from streamdesnow.models.folder import ModelFolder

__all__ = ["Profile", "profile_for", "profiles"]

Shapes = Mapping[str, tuple[int, ...]]


@dataclass(frozen=True, slots=True)
class Profile:
    """Shapes of every input, by name: the smallest, the one to be fastest at, the largest."""

    smallest: Shapes
    best: Shapes
    largest: Shapes


def profiles(model: ModelFolder, size: tuple[int, int], batch: int) -> list[Profile]:
    """Frames of one size: one frame by itself, whose shapes are then all fixed, and batches of 2 to `batch`.

    Args:
        size: (width, height), multiples of the model's side multiple.
        batch: the most frames in one call.
    """
    one = _shapes(model, size, 1)
    alone = Profile(one, one, one)
    if batch == 1:
        return [alone]
    most = _shapes(model, size, batch)
    return [alone, Profile(_shapes(model, size, 2), most, most)]


def profile_for(batch: int) -> int:
    """Number of the profile that takes this many frames."""
    return 0 if batch == 1 else 1


def _shapes(model: ModelFolder, size: tuple[int, int], batch: int) -> Shapes:
    width, height = size
    states = state_shapes(model, batch=batch, width=width, height=height)
    names = (state.input for state in model.card.states)
    return {model.card.input.name: (batch, height, width, 3), **dict(zip(names, states, strict=True))}
