"""What a causal network chooses from, before it has chosen."""

from __future__ import annotations

from typing import NamedTuple

from torch import Tensor

from streamdesnow.lab.nets.memory import Memory

__all__ = ["Proposal"]


class Proposal(NamedTuple):
    """What `FixedCameraNet` mixes at every pixel, and how. P = 16 pixels of each place, float.

    Attributes:
        seen: (N, 3, P, h, w), the frame.
        residue: like `seen`, what would restore it.
        memories: like `seen` each: the background after this frame, the learned memory before it, and, of a
            network with motion, what was expected of it.
        logits: (N, P, h, w) each, of the shares of the memories; see `shares_of`.
        rate: (N, P, h, w), logit of how far the learned memory moves to what is restored.
        flow: (N, 2, h, w), from where in the frame before, right and down, this one's pixels have come, in
            places of 4 pixels and as the network corrects it; without motion no channels.
        memory: after this frame, but for what `FixedCameraNet.settle` adds to it.
    """

    seen: Tensor
    residue: Tensor
    memories: tuple[Tensor, ...]
    logits: tuple[Tensor, ...]
    rate: Tensor
    flow: Tensor
    memory: Memory

    @property
    def repaired(self) -> Tensor:
        """The frame with its residue, like `seen`: what is restored where no memory has a share."""
        return self.seen + self.residue
