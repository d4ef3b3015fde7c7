"""The loss on what a causal network chooses: which of several pictures of a pixel is nearest to the truth."""

from __future__ import annotations

import torch
from torch import Tensor

from streamdesnow.lab.nets.mixture import log_shares_of
from streamdesnow.lab.nets.places import to_pixels
from streamdesnow.lab.nets.proposal import Proposal

__all__ = ["choice_error"]

_TOLERANCE = (4 / 64) ** 2  # squared distance at which two pictures are about as good: four code values
_DECISIVE = (20 / 64) ** 2  # from here on a choice counts in full


def choice_error(proposal: Proposal, wanted: Tensor) -> Tensor:
    """How unlikely the truth is under the shares, in nats, weighted by how much the choice matters; a scalar.

    A share near nothing has next to no slope in the error of the mixture, so a network that is sure of the
    wrong picture stays so. Here the slope is the larger, the surer it is. Both agree on what is best: the
    share of a picture should be how probable it is that it is the truth. Pictures that are equally good may
    share in any way.

    Args:
        proposal: of one frame.
        wanted: float (N, 3, H, W), its truth, (code - 128) / 64.
    """
    with torch.no_grad():
        pictures = torch.stack([proposal.repaired, *proposal.memories])
        errors = (pictures - to_pixels(wanted)).square().mean(2)
        best = errors.amin(0)
        log_fit = -(errors - best) / (2 * _TOLERANCE)
        weight = ((errors.amax(0) - best) / _DECISIVE).clamp(max=1)
    log_shares = log_shares_of(proposal.logits)
    surprise = -torch.logsumexp(log_shares + log_fit, 0)
    streams = (1, 2, 3)
    return ((surprise * weight).sum(streams) / weight.sum(streams).clamp(min=50.0)).mean()
