"""The mixture that a causal network ends in: what is seen, restored, and two memories of it.

Tensors may be laid out in any way in which they broadcast: shares belong to positions, pixels to positions
and colours.
"""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor

__all__ = ["Shares", "blend", "log_shares_of", "shares_of"]

_SEEN = 1.0
"""Logit of what is seen; that of the memories is 0 when training starts."""


class Shares(NamedTuple):
    """Of each of the three, 0..1; together 1."""

    seen: Tensor
    background: Tensor
    learned: Tensor


def shares_of(to_background: Tensor, to_learned: Tensor) -> Shares:
    """Softmax over the three, of the logits of the memories."""
    top = torch.clamp(torch.maximum(to_background, to_learned), min=_SEEN)
    seen, background, learned = (
        torch.exp(_SEEN - top),
        torch.exp(to_background - top),
        torch.exp(to_learned - top),
    )
    total = seen + background + learned
    return Shares(seen / total, background / total, learned / total)


def log_shares_of(to_background: Tensor, to_learned: Tensor) -> Tensor:
    """Logarithms of `shares_of`, stacked in front: (3, ...). Their slope does not vanish with a share."""
    seen = torch.full_like(to_background, _SEEN)
    return torch.log_softmax(torch.stack([seen, to_background, to_learned]), 0)


def blend(shares: Shares, seen: Tensor, change: Tensor, background: Tensor, learned: Tensor) -> Tensor:
    """The restored pixels.

    Args:
        shares: that of what is seen is in `change`.
        seen: pixels of the frame.
        change: what restores them, by the share that they have: it may be far off where that is nothing.
        background, learned: the memories.
    """
    return seen + change + shares.background * (background - seen) + shares.learned * (learned - seen)
