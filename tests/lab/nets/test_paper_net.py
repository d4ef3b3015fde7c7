"""The paper's network is built as the paper says."""

from __future__ import annotations

import torch
from torch import nn

from streamdesnow.lab.nets.paper import PaperNet
from streamdesnow.lab.shipping.compute import gmac


def test_it_has_the_published_layers() -> None:
    net = PaperNet()
    assert [(c.kernel_size[0], c.out_channels) for c in net.front] == [(1, 32), (3, 32), (5, 32)]
    assert (net.merge.in_channels, net.merge.out_channels) == (96, 64)
    assert len(net.blocks) == 9
    assert not any(isinstance(m, nn.BatchNorm2d) for m in net.modules())
    assert sum(isinstance(m, nn.InstanceNorm2d) for m in net.modules()) == 2 + 2 * 9 + 2
    assert 11.3e6 < sum(p.numel() for p in net.parameters()) < 11.5e6


def test_without_a_residue_the_output_is_the_input() -> None:
    net = PaperNet(blocks=1)
    nn.init.zeros_(net.residue.weight)
    assert net.residue.bias is not None
    nn.init.zeros_(net.residue.bias)
    image = torch.rand(1, 3, 32, 48)
    assert torch.equal(net(image), image)


def test_its_work_is_counted_without_computing_it() -> None:
    whole = gmac(PaperNet(), (torch.zeros(1, 3, 480, 640),))
    assert 190 < whole < 260
