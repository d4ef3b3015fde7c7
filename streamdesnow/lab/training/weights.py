"""The weights of two networks of one shape, mixed."""

from __future__ import annotations

import torch
from torch import nn

__all__ = ["mix_weights"]


@torch.no_grad()
def mix_weights(net: nn.Module, other: nn.Module, share: float) -> None:
    """Move every weight of `net`, in place, by `share` (0..1) of the way to that of `other`.

    Raises:
        ValueError: the networks have different numbers of weights.
    """
    for mine, theirs in zip(net.parameters(), other.parameters(), strict=True):
        mine.lerp_(theirs, share)
