"""The two networks of Kupyn et al. 2018, "DeblurGAN: Blind Motion Deblurring Using Conditional GANs"."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from streamdesnow.lab.nets.blocks import down, up

__all__ = ["DeblurGanCritic", "DeblurGanGenerator"]


class DeblurGanGenerator(nn.Module):
    """What restores: strided convolutions, nine residual blocks, transposed convolutions, a global skip.

    As published (section 3.2): a 7x7 convolution of 64 filters; two stride-2 convolutions (128, 256); nine
    residual blocks, each with dropout of 0.5 after its first convolution; two transposed convolutions
    (128, 64); a 7x7 convolution and tanh, whose outcome is added to the input; instance normalisation and
    ReLU after every convolution but the last. Pixels are -1..1 inside.

    Assumptions, where the paper prints nothing: 3x3 kernels elsewhere, reflection padding of blocks and 7x7
    convolutions, instance normalisation without affine parameters, the sum clipped to the range of pixels.
    Training starts from a residue of zero, that is from output = input, as `PaperNet` does, so that short
    trainings compare. Dropout rests outside training, which makes outcomes repeatable.
    """

    side_multiple = 4
    activation_bytes = 2100
    """Memory per pixel of the frame at the peak of float32 inference on a CPU."""
    receptive_field = 100

    def __init__(self, blocks: int = 9, width: int = 64) -> None:
        super().__init__()
        last = nn.Conv2d(width, 3, 7)
        nn.init.zeros_(last.weight)
        assert last.bias is not None
        nn.init.zeros_(last.bias)
        self.body = nn.Sequential(
            nn.ReflectionPad2d(3),
            nn.Conv2d(3, width, 7),
            nn.InstanceNorm2d(width),
            nn.ReLU(),
            down(width, 2 * width),
            down(2 * width, 4 * width),
            *(_Block(4 * width) for _ in range(blocks)),
            up(4 * width, 2 * width),
            up(2 * width, width),
            nn.ReflectionPad2d(3),
            last,
            nn.Tanh(),
        )

    def forward(self, snowy: Tensor) -> Tensor:
        """float (N, 3, H, W) RGB, 0..1, sides multiples of 4; returns the same shape and range."""
        centred = snowy * 2 - 1
        restored: Tensor = (centred + self.body(centred)).clamp(-1, 1) * 0.5 + 0.5
        return restored


class DeblurGanCritic(nn.Module):
    """What judges: a PatchGAN of 70x70 pixels (Isola et al. 2017); verdicts are any numbers.

    4x4 convolutions of 64, 128, 256, 512 filters, the first three with stride 2, then one filter; every one
    but the last is followed by instance normalisation and leaky ReLU of 0.2, as published.
    """

    def __init__(self, width: int = 64) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        channels = 3
        for number, wider in enumerate((width, 2 * width, 4 * width, 8 * width)):
            stride = 2 if number < 3 else 1
            layers += [
                nn.Conv2d(channels, wider, 4, stride, 1),
                nn.InstanceNorm2d(wider),
                nn.LeakyReLU(0.2),
            ]
            channels = wider
        self.body = nn.Sequential(*layers, nn.Conv2d(channels, 1, 4, 1, 1))

    def forward(self, images: Tensor) -> Tensor:
        """float (N, 3, H, W) RGB, 0..1, of at least 32x32 pixels; the mean verdict of each, float (N,)."""
        return torch.mean(self.body(images * 2 - 1).float(), dim=(1, 2, 3))


class _Block(nn.Module):
    def __init__(self, channels: int) -> None:
        super().__init__()
        self.body = nn.Sequential(
            nn.ReflectionPad2d(1),
            nn.Conv2d(channels, channels, 3),
            nn.InstanceNorm2d(channels),
            nn.ReLU(),
            nn.Dropout(0.5),
            nn.ReflectionPad2d(1),
            nn.Conv2d(channels, channels, 3),
            nn.InstanceNorm2d(channels),
        )

    def forward(self, x: Tensor) -> Tensor:
        out: Tensor = x + self.body(x)
        return out
