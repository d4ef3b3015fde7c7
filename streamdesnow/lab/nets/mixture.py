"""The mixture that a causal network ends in: what is seen, restored, and several memories of it.

Tensors may be laid out in any way in which they broadcast: shares belong to positions, pixels to positions
and colours.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from typing import NamedTuple

import torch
from torch import Tensor

__all__ = ["Shares", "blend", "log_shares_of", "shares_of"]

_SEEN = 1.0
"""Logit of what is seen; those of the memories are about 0 when training starts."""


class Shares(NamedTuple):
    """Of each picture, 0..1; together 1."""

    seen: Tensor
    memories: tuple[Tensor, ...]


def shares_of(logits: Sequence[Tensor]) -> Shares:
    """Softmax over what is seen and the memories, of the logits of the memories."""
    top = torch.clamp(reduce(torch.maximum, logits), min=_SEEN)
    seen, *memories = (torch.exp(_SEEN - top), *(torch.exp(logit - top) for logit in logits))
    total = sum(memories, seen)
    return Shares(seen / total, tuple(memory / total for memory in memories))


def log_shares_of(logits: Sequence[Tensor]) -> Tensor:
    """Logarithms of `shares_of`, stacked in front, what is seen first.

    Their slope does not vanish with a share.
    """
    seen = torch.full_like(logits[0], _SEEN)
    return torch.log_softmax(torch.stack([seen, *logits]), 0)


def blend(shares: Shares, seen: Tensor, change: Tensor, memories: Sequence[Tensor]) -> Tensor:
    """The restored pixels.

    Args:
        shares: that of what is seen is in `change`.
        seen: pixels of the frame.
        change: what restores them, by the share that they have: it may be far off where that is nothing.
        memories: pixels of the memories, in the order of their shares.
    """
    restored = seen + change
    for share, memory in zip(shares.memories, memories, strict=True):
        restored = restored + share * (memory - seen)
    return restored
