"""How much work a network is."""

from __future__ import annotations

import copy

import torch
from torch import Tensor, nn
from torch.utils.flop_counter import FlopCounterMode

__all__ = ["gmac"]


def gmac(net: nn.Module, inputs: tuple[Tensor, ...]) -> float:
    """Billions of multiply-adds of the convolutions for these inputs; nothing is computed.

    Args:
        net: a network on the CPU.
        inputs: tensors of the size that is asked about; only their shapes and types matter.
    """
    with torch.device("meta"), FlopCounterMode(display=False) as counter, torch.no_grad():
        copy.deepcopy(net).to("meta")(*(x.to("meta") for x in inputs))
    return float(counter.get_total_flops()) / 2e9
