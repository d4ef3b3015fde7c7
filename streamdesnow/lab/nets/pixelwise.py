"""What a pixel says for itself: how far it is from each memory, and whether its residue is more than noise.

A place of 4 x 4 pixels has fewer channels than it has pixels and colours, so a network knows that a place is
half under a flake, hardly which half. Where no flake is, a pixel is best left exactly as it was seen, and the
pixel's own distance from what is remembered tells.

Tensors may be laid out in any way in which they broadcast.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

__all__ = ["COEFFICIENTS", "more_than_noise", "weighed"]

COEFFICIENTS = 2
"""That a place has for each memory."""
_UNIT = 1 / 128  # of one of the network's: half a code value; small units let coefficients learn fast
_FARTHEST = 12 / 64
"""From twelve code values on a pixel is under a flake, or of something else: how far does not matter."""
_NOISE = (1.25 / 64) ** 2
_LEFT_OF_NOISE = 1 / 8


def weighed(
    logits: Sequence[Tensor], distances: Sequence[Tensor], coefficients: Sequence[Tensor]
) -> list[Tensor]:
    """Logits of the memories, pixel by pixel.

    Args:
        logits: of the share of each memory, as its place would have it.
        distances: from each memory to what is seen, means over the colours, in the network's values.
        coefficients: two for each memory: what a pixel that is brighter counts, and one that is darker.
    """
    return [
        logit
        + brighter * (torch.clamp(away, 0.0, _FARTHEST) / _UNIT)
        + darker * (torch.clamp(-away, 0.0, _FARTHEST) / _UNIT)
        for logit, away, brighter, darker in zip(
            logits, distances, coefficients[::2], coefficients[1::2], strict=True
        )
    ]


def more_than_noise(residue: Tensor) -> Tensor:
    """The residue; of less than a code value or so an eighth, so that a network can learn from nothing."""
    power = residue * residue
    return residue * ((power + _LEFT_OF_NOISE * _NOISE) / (power + _NOISE))
