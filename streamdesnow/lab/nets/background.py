"""A per-pixel memory of the scene behind the snow that needs no learning: a running low quantile.

Falling snow is brighter than most of what it hides and passes in a frame or two, so the low side of what
a pixel has shown is the truth. Each pixel keeps an estimate of its `TAU` quantile and of how far it
usually strays from it; the estimate moves by a share of that spread, up a little or down more, large
steps at first and small ones later. A dozen operations a pixel, no history to store.

`update_background` does all of it on planes; its three steps take tensors of any layout that broadcasts.
"""

from __future__ import annotations

import torch
from torch import Tensor

__all__ = ["TAU", "background_step", "next_spread", "towards", "update_background"]

TAU = 0.3
_SLOWEST = 0.06
_SPREAD_RATE = 0.04
_LEAST_SPREAD = 1 / 64  # of a unit of 64 code values: one code value


def update_background(seen: Tensor, background: Tensor, spread: Tensor, age: Tensor) -> tuple[Tensor, Tensor]:
    """One frame later.

    Args:
        seen: (N, 3 * P, h, w), pixels of the new frame, P positions of each colour in the channels.
        background: like `seen`, the quantile estimate; taken from `seen` where `age` is 0.
        spread: (N, P, h, w), mean absolute distance from it over the colours.
        age: (N, 1, 1, 1), frames seen so far.

    Returns:
        `background` and `spread` after this frame.
    """
    background = background + (age < 0.5).to(seen.dtype) * (seen - background)
    away = seen - background
    colours = away.view(away.shape[0], 3, -1, *away.shape[2:])
    spread = next_spread(spread, colours.abs().mean(1), age)
    moved = towards(colours, background_step(spread, age).unsqueeze(1))
    return background + moved.flatten(1, 2), spread


def next_spread(spread: Tensor, distance: Tensor, age: Tensor) -> Tensor:
    """How far pixels usually are from their background, one frame later.

    Args:
        spread: running mean of the distances so far.
        distance: from the background before this frame, mean over the colours, at least 0.
        age: frames seen before this one, 0 or more.
    """
    return spread + torch.clamp(1 / (age + 1), min=_SPREAD_RATE) * (distance - spread)


def background_step(spread: Tensor, age: Tensor) -> Tensor:
    """How far the background moves at most on this frame, before it is shared out among up and down.

    Args:
        spread: from `next_spread`.
        age: frames seen before this one.
    """
    return torch.clamp(2.5 / (age + 1.5), min=_SLOWEST) * (spread + _LEAST_SPREAD)


def towards(away: Tensor, step: Tensor) -> Tensor:
    """What to add to the background: up by `TAU` of a step or down by the rest, never beyond what was seen.

    Args:
        away: from the background to what is seen.
        step: from `background_step`.
    """
    return torch.minimum(torch.maximum(away, (TAU - 1) * step), TAU * step)
