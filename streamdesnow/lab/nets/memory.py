"""What a causal network remembers from frame to frame."""

from __future__ import annotations

from typing import NamedTuple

from torch import Tensor

__all__ = ["Memory"]


class Memory(NamedTuple):
    """What the network remembers of one camera, all float; zeros mean nothing.

    Pixels are space-to-depth by 4 and centred: (code - 128) / 64, colours outermost, so that code values
    are exact in bfloat16. Shapes, h = H / 4 and w = W / 4:

    Attributes:
        previous: (N, 48, h, w), the last frame as it came.
        background: (N, 48, h, w), running low quantile of the frames.
        spread: (N, 16, h, w), how far pixels usually are from it.
        learned: (N, 48, h, w), running mean of the restored frames, at a rate the network chooses per pixel.
        features: (N, C, h / 2, w / 2), what the deepest layer passes on to its next time.
        age: (N, 1, 1, 1), frames seen, counted up to 1000.
        restored: (N, 48, h, w), the last restored frame; without motion no channels.
        flow: (N, 2, h, w), how everything moves, as in `Proposal`; without motion no channels.
    """

    previous: Tensor
    background: Tensor
    spread: Tensor
    learned: Tensor
    features: Tensor
    age: Tensor
    restored: Tensor
    flow: Tensor
