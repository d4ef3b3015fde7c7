"""What several networks are built of."""

from __future__ import annotations

import torch
from torch import Tensor, nn

__all__ = ["PlainBlock", "down", "up"]


class PlainBlock(nn.Module):
    """x + conv(relu(conv(x))); nothing is normalised.

    Args:
        channels: in and out.
        hidden: between the convolutions; as many if left out.
        rectified: relu on the sum. Without it no channel of x can die, whatever training does; those between
            the convolutions can, see `lab/training/idle_channels.py`.
    """

    def __init__(self, channels: int, hidden: int | None = None, *, rectified: bool = True) -> None:
        super().__init__()
        self.rectified = rectified
        hidden = hidden or channels
        self.first = nn.Conv2d(channels, hidden, 3, padding=1)
        self.second = nn.Conv2d(hidden, channels, 3, padding=1)
        with torch.no_grad():
            self.second.weight.mul_(0.3)

    def forward(self, x: Tensor) -> Tensor:
        out: Tensor = x + self.second(torch.relu(self.first(x)))
        return torch.relu(out) if self.rectified else out


def down(channels: int, wider: int) -> nn.Module:
    """Half the resolution: a strided convolution, instance normalisation, ReLU."""
    return nn.Sequential(nn.Conv2d(channels, wider, 3, 2, 1), nn.InstanceNorm2d(wider), nn.ReLU())


def up(channels: int, narrower: int) -> nn.Module:
    """Twice the resolution: a transposed convolution, instance normalisation, ReLU."""
    return nn.Sequential(
        nn.ConvTranspose2d(channels, narrower, 3, 2, 1, output_padding=1),
        nn.InstanceNorm2d(narrower),
        nn.ReLU(),
    )
