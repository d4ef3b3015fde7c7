"""A per-pixel memory of the scene behind the snow that needs no learning: a running low quantile.

Falling snow is brighter than most of what it hides and passes in a frame or two, so the low side of what
a pixel has shown is the truth. Each pixel keeps an estimate of its `TAU` quantile and of how far it
usually strays from it; the estimate moves by a share of that spread, up a little or down more, large
steps at first and small ones later. A dozen operations a pixel, no history to store.
"""

from __future__ import annotations

import torch
from torch import Tensor

__all__ = ["TAU", "update_background"]

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
    fresh = (age < 0.5).to(seen.dtype)
    background = background + fresh * (seen - background)
    away = seen - background
    n, channels, h, w = seen.shape
    distance = away.abs().view(n, 3, channels // 3, h, w).mean(1)
    rate = torch.clamp(1 / (age + 1), min=_SPREAD_RATE)
    spread = spread + rate * (distance - spread)
    step = torch.clamp(2.5 / (age + 1.5), min=_SLOWEST) * (spread + _LEAST_SPREAD)
    up = (away > 0).to(seen.dtype) - (1 - TAU)
    # Never step beyond what was seen.
    step = step.repeat(1, 3, 1, 1) * up
    moved = background + torch.minimum(torch.maximum(step, -away.abs()), away.abs())
    return moved, spread
