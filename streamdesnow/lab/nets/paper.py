"""The network of Wan & Lee, "Deep Residual Networks for Single Image De-snowing"."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from streamdesnow.lab.nets.blocks import down, up

__all__ = ["PaperNet"]


class PaperNet(nn.Module):
    """Inception front, encoder, nine residual blocks, decoder; the snow residue is added to the input.

    As published: parallel 1x1, 3x3 and 5x5 convolutions of 32 filters each, concatenated to 96 channels;
    a 3x3 convolution of 64 filters; two stride-2 convolutions (64 to 128 to 256); nine residual blocks
    with instance normalisation in place of batch normalisation; two stride-1/2 transposed convolutions
    (256 to 128 to 64); a last convolution to a 3-channel residue; output = input + residue.

    Assumptions, where the paper prints nothing: 3x3 kernels in encoder, blocks, decoder and last
    convolution; zero padding that keeps the size; ReLU after every convolution but the last and the
    second of each block; instance normalisation without affine parameters after the convolutions of
    encoder, blocks and decoder too, none in the front; RGB input scaled to 0..1; training starts from a
    residue of zero, that is from output = input.
    """

    side_multiple = 4
    receptive_field = 96
    activation_bytes = 2100
    """Memory per pixel of the frame at the peak of float32 inference on a CPU."""

    def __init__(self, blocks: int = 9) -> None:
        super().__init__()
        self.front = nn.ModuleList(nn.Conv2d(3, 32, k, padding=k // 2) for k in (1, 3, 5))
        self.merge = nn.Conv2d(96, 64, 3, padding=1)
        self.encoder = nn.Sequential(down(64, 128), down(128, 256))
        self.blocks = nn.Sequential(*(_Block(256) for _ in range(blocks)))
        self.decoder = nn.Sequential(up(256, 128), up(128, 64))
        self.residue = nn.Conv2d(64, 3, 3, padding=1)
        with torch.no_grad():
            self.residue.weight.zero_()

    def forward(self, snowy: Tensor) -> Tensor:
        """float (N, 3, H, W) RGB, 0..1, sides multiples of 4; returns the same shape, not clipped."""
        seen = torch.cat([torch.relu(branch(snowy)) for branch in self.front], 1)
        features = torch.relu(self.merge(seen))
        restored: Tensor = snowy + self.residue(self.decoder(self.blocks(self.encoder(features))))
        return restored


class _Block(nn.Module):
    def __init__(self, channels: int) -> None:
        super().__init__()
        self.body = nn.Sequential(
            nn.Conv2d(channels, channels, 3, padding=1),
            nn.InstanceNorm2d(channels),
            nn.ReLU(),
            nn.Conv2d(channels, channels, 3, padding=1),
            nn.InstanceNorm2d(channels),
        )

    def forward(self, x: Tensor) -> Tensor:
        out: Tensor = x + self.body(x)
        return out
