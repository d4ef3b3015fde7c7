"""A network for single pictures: a tenth of the parameters and a twentieth of the work of the paper's."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as fn

from streamdesnow.lab.nets.blocks import PlainBlock

__all__ = ["StillNet"]

_S2D = 2


class StillNet(nn.Module):
    """A U of plain 3x3 convolutions on half, quarter and eighth resolution; adds a residue to the input.

    Widths double where the resolution halves, so that a convolution costs the same everywhere; most of the
    depth sits at the bottom, where a 3x3 kernel spans 24 pixels. No normalisation, no attention: both
    cost more time on a CPU than they earn at this size.

    Args:
        width: channels at half the resolution.
        blocks: residual blocks at half, quarter and eighth resolution; the first two both on the way down
            and on the way up.
    """

    side_multiple = 8
    activation_bytes = 320
    """Memory per pixel of the frame at the peak of float32 inference on a CPU."""

    def __init__(self, width: int = 32, blocks: tuple[int, int, int] = (1, 1, 3)) -> None:
        super().__init__()
        half, quarter, eighth = blocks
        self.receptive_field = 2 * (4 * half + 2) + 4 * (4 * quarter + 2) + 8 * (2 * eighth + 1)
        self.stem = nn.Conv2d(3 * _S2D**2, width, 3, padding=1)
        self.half_down = _blocks(width, half)
        self.to_quarter = nn.Conv2d(width, 2 * width, 2, 2)
        self.quarter_down = _blocks(2 * width, quarter)
        self.to_eighth = nn.Conv2d(2 * width, 4 * width, 2, 2)
        self.eighth = _blocks(4 * width, eighth)
        self.from_eighth = nn.Conv2d(4 * width, 8 * width, 1)
        self.quarter_up = _blocks(2 * width, quarter)
        self.from_quarter = nn.Conv2d(2 * width, 4 * width, 1)
        self.half_up = _blocks(width, half)
        self.residue = nn.Conv2d(width, 3 * _S2D**2, 3, padding=1)
        with torch.no_grad():
            self.residue.weight.mul_(0.1)

    def forward(self, snowy: Tensor) -> Tensor:
        """float (N, 3, H, W) RGB, 0..1, sides multiples of 8; returns the same shape, not clipped."""
        half = self.half_down(torch.relu(self.stem(fn.pixel_unshuffle(snowy - 0.5, _S2D))))
        quarter = self.quarter_down(torch.relu(self.to_quarter(half)))
        eighth = self.eighth(torch.relu(self.to_eighth(quarter)))
        quarter = self.quarter_up(quarter + fn.pixel_shuffle(self.from_eighth(eighth), 2))
        half = self.half_up(half + fn.pixel_shuffle(self.from_quarter(quarter), 2))
        restored: Tensor = snowy + fn.pixel_shuffle(self.residue(half), _S2D)
        return restored


def _blocks(channels: int, count: int) -> nn.Sequential:
    return nn.Sequential(*(PlainBlock(channels) for _ in range(count)))
