"""Channels that training has switched off, and how they are given another start."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor, nn

from streamdesnow.lab.nets.blocks import PlainBlock

__all__ = ["wake_idle_channels"]

# Of the power that a block adds to its input, what its idlest channels may hold together and count as idle.
_IDLE = 1e-4


def wake_idle_channels(net: nn.Module, work: Callable[[], object]) -> int:
    """Draw anew the channels inside residual blocks that do next to nothing, and leave the output as it is.

    A channel before a ReLU that one large step has pushed below zero for all inputs has no gradient any more
    and never returns; others are just never needed. They get the weights of a new network, as large as those
    of their neighbours, and what is read from them starts at nothing.

    Args:
        net: weights of its `PlainBlock`s are changed in place.
        work: shows the network what it is for; called once, without gradients.

    Returns:
        How many channels were drawn anew.
    """
    blocks = [module for module in net.modules() if isinstance(module, PlainBlock)]
    powers = [torch.zeros(block.first.out_channels) for block in blocks]
    watches = [
        block.second.register_forward_pre_hook(_adding_to(power))
        for block, power in zip(blocks, powers, strict=True)
    ]
    try:
        with torch.no_grad():
            work()
    finally:
        for watch in watches:
            watch.remove()
    return sum(_wake(block, power) for block, power in zip(blocks, powers, strict=True))


def _adding_to(power: Tensor) -> Callable[[nn.Module, tuple[Tensor, ...]], None]:
    def watch(reader: nn.Module, read: tuple[Tensor, ...]) -> None:
        power.add_(read[0].float().square().mean((0, 2, 3)).cpu())

    return watch


def _wake(block: PlainBlock, power: Tensor) -> int:
    """Draw idle channels of one block anew, given the mean squares of all of them after the ReLU."""
    into, out = block.first, block.second
    with torch.no_grad():
        added, order = (power * out.weight.float().square().sum((0, 2, 3)).cpu()).sort()
        idle, busy = order.tensor_split([int((added.cumsum(0) <= _IDLE * added.sum()).sum())])
        fresh = PlainBlock(into.in_channels).first.weight[: len(idle)].to(into.weight)
        if len(busy):
            size = into.weight[busy].flatten(1).norm(dim=1).median() / fresh.flatten(1).norm(dim=1)
            fresh = fresh * size.view(-1, 1, 1, 1)
        into.weight[idle] = fresh
        assert into.bias is not None
        into.bias[idle] = 0.0
        out.weight[:, idle] = 0.0
    return len(idle)
