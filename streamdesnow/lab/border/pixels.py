"""The border between lab and runtime: networks wrapped so that pixels cross as uint8 BGR, height by width."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from streamdesnow.lab.border.causal import CausalBorder
from streamdesnow.lab.nets.deblurgan import DeblurGanGenerator
from streamdesnow.lab.nets.fixed_camera import FixedCameraNet
from streamdesnow.lab.nets.paper import PaperNet
from streamdesnow.lab.nets.still import StillNet
from streamdesnow.models.manifest import StateSpec

__all__ = ["StillBorder", "border_of"]


def border_of(net: nn.Module) -> StillBorder | CausalBorder:
    """What a network is shipped in."""
    if isinstance(net, FixedCameraNet):
        return CausalBorder(net)
    assert isinstance(net, PaperNet | StillNet | DeblurGanGenerator)
    return StillBorder(net)


class StillBorder(nn.Module):
    """uint8 (N, H, W, 3) BGR in and out, around a network of RGB 0..1."""

    states: tuple[StateSpec, ...] = ()

    def __init__(self, net: PaperNet | StillNet | DeblurGanGenerator) -> None:
        super().__init__()
        self.net = net

    @property
    def exported(self) -> tuple[str, ...]:
        """Names of the weights that are read, as they are called in what is exported."""
        return tuple(self.state_dict())

    def forward(self, frame: Tensor) -> Tensor:
        """The restored pictures."""
        rgb = frame.permute(0, 3, 1, 2).flip(1).float() / 255
        restored: Tensor = self.net(rgb).flip(1).permute(0, 2, 3, 1)
        return (restored.clamp(0, 1) * 255 + 0.5).to(torch.uint8)
