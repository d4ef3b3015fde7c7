"""What a pixel says for itself: how far it is from each memory, and whether its residue is more than noise.

A place of 4 x 4 pixels has fewer channels than it has pixels and colours, so a network knows that a place is
half under a flake, hardly which half. Where no flake is, a pixel is best left exactly as it was seen, and the
pixel's own distance from what is remembered tells.

Tensors may be laid out in any way in which they broadcast.
"""

from __future__ import annotations

import torch
from torch import Tensor

__all__ = ["COEFFICIENTS", "more_than_noise", "weighed"]

COEFFICIENTS = 2
"""Of a place, for each memory: what brighter pixels than the memory's count, and what darker ones."""
_UNIT = 1 / 128  # of one of the network's: half a code value; small units let coefficients learn fast
_FARTHEST = 12 / 64
"""From twelve code values on a pixel is under a flake, or of something else: how far does not matter."""
_NOISE = (1.25 / 64) ** 2
_LEFT_OF_NOISE = 1 / 8


def weighed(logit: Tensor, away: Tensor, brighter: Tensor, darker: Tensor) -> Tensor:
    """Logits of a memory, pixel by pixel.

    Args:
        logit: of the memory's share, as its place would have it.
        away: from the memory to what is seen, mean over the colours, in the network's values.
        brighter, darker: coefficients of the place, by how the pixel differs.
    """
    return (
        logit
        + brighter * (torch.clamp(away, 0.0, _FARTHEST) / _UNIT)
        + darker * (torch.clamp(-away, 0.0, _FARTHEST) / _UNIT)
    )


def more_than_noise(residue: Tensor) -> Tensor:
    """The residue; of less than a code value or so an eighth, so that a network can learn from nothing."""
    power = residue * residue
    return residue * ((power + _LEFT_OF_NOISE * _NOISE) / (power + _NOISE))
