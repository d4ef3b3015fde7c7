"""Channels that do nothing are drawn anew."""

from __future__ import annotations

import torch

from streamdesnow.lab.nets.blocks import PlainBlock
from streamdesnow.lab.nets.fixed_camera import FixedCameraNet
from streamdesnow.lab.training.idle_channels import wake_idle_channels


def _dead(block: PlainBlock, channels: list[int]) -> None:
    with torch.no_grad():
        assert block.first.bias is not None
        block.first.bias[channels] = -1e3


def test_a_dead_channel_learns_again_and_the_output_stays() -> None:
    torch.manual_seed(0)
    block = PlainBlock(8, rectified=False)
    _dead(block, [2, 5])
    x = torch.randn(2, 8, 12, 12)
    before = block(x).detach()
    assert wake_idle_channels(block, lambda: block(x)) == 2
    assert torch.equal(block(x), before)
    block(x).square().mean().backward()
    assert block.second.weight.grad is not None
    assert (block.second.weight.grad[:, [2, 5]].abs().amax((0, 2, 3)) > 0).all()


def test_channels_that_work_are_left_alone() -> None:
    torch.manual_seed(0)
    block = PlainBlock(8, rectified=False)
    weights = {name: value.clone() for name, value in block.state_dict().items()}
    _dead(block, [3])
    assert wake_idle_channels(block, lambda: block(torch.randn(1, 8, 12, 12))) == 1
    others = [0, 1, 2, 4, 5, 6, 7]
    for name, value in block.first.state_dict().items():
        assert torch.equal(value[others], weights[f"first.{name}"][others])
    assert torch.equal(block.second.weight[:, others], weights["second.weight"][:, others])


def test_a_whole_network_restores_as_before() -> None:
    torch.manual_seed(0)
    net = FixedCameraNet(width=8, deep=12, blocks=(1, 2, 0), carried=4, rectified=False)
    for module in net.modules():
        if isinstance(module, PlainBlock):
            _dead(module, [0, 1])
    frame, memory = torch.randn(1, 3, 32, 32), net.zero_memory(1, 32, 32)
    before, _ = net(frame, memory)
    assert wake_idle_channels(net, lambda: net(frame, memory)) >= 6
    after, _ = net(frame, memory)
    torch.testing.assert_close(after, before, atol=1e-4, rtol=0)


def test_a_block_that_is_dead_as_a_whole_is_woken_as_a_whole() -> None:
    block = PlainBlock(8, rectified=False)
    _dead(block, list(range(8)))
    assert wake_idle_channels(block, lambda: block(torch.randn(1, 8, 12, 12))) == 8
    assert block.first(torch.randn(1, 8, 12, 12)).max() > 0
