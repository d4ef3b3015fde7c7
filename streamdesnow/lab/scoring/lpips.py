"""How alike two pictures look to a network: shift-tolerant LPIPS (Ghildyal & Liu 2022) on AlexNet."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as fn

from streamdesnow.errors import ConfigError
from streamdesnow.frame import Image

__all__ = ["Lpips"]

_CHANNELS = (64, 192, 384, 256, 256)
# Convolutions by their place in the published state dict: slice, number, kernel, padding.
_CONVS = (("1.0", 11, 2), ("2.5", 5, 2), ("3.9", 3, 1), ("4.11", 3, 1), ("5.13", 3, 1))
_SMALLEST = 64


class Lpips:
    """Distance of deep features, 0 for equal pictures; larger is worse. For evaluation only.

    The network is AlexNet without the stride of its first convolution and with blurred pooling, so that a
    shift by a pixel changes little: figures are not those of plain LPIPS, which most papers print.

    Args:
        weights: state dict `alex_shift_tolerant.pth`, as package `stlpips-pytorch` brings it.

    Raises:
        ConfigError: there is no such file, or it holds something else.
    """

    def __init__(self, weights: Path) -> None:
        if not weights.is_file():
            raise ConfigError(f"LPIPS: {weights} is not there; give alex_shift_tolerant.pth")
        net = _Features()
        try:
            net.load_state_dict(_renamed(torch.load(weights, map_location="cpu", weights_only=True)))
        except (RuntimeError, KeyError, AttributeError) as error:
            raise ConfigError(
                f"LPIPS: {weights} does not hold the shift-tolerant AlexNet (alex_shift_tolerant.pth)"
            ) from error
        self._net = net.eval().requires_grad_(False)

    def __call__(self, output: Image, truth: Image) -> float:
        """Compare uint8 (H, W, 3) BGR pictures of one size, 64 pixels or more each way.

        Raises:
            ValueError: they differ in size or are too small.
        """
        if output.shape != truth.shape or min(truth.shape[:2]) < _SMALLEST:
            raise ValueError(f"LPIPS needs two pictures of one size, {_SMALLEST} pixels or more each way")
        both = np.ascontiguousarray(np.stack([output, truth])[..., ::-1])
        with torch.no_grad():
            rgb = torch.from_numpy(both).permute(0, 3, 1, 2).float() / 127.5 - 1
            distance: Tensor = self._net(rgb)
        return float(distance)


class _Features(nn.Module):
    """Weighted squared differences of unit features of the two pictures of a batch, over five layers."""

    def __init__(self) -> None:
        super().__init__()
        before = (3, *_CHANNELS)
        self.convs = nn.ModuleList(
            nn.Conv2d(before[n], _CHANNELS[n], kernel, padding=padding)
            for n, (_, kernel, padding) in enumerate(_CONVS)
        )
        self.lines = nn.ModuleList(nn.Conv2d(channels, 1, 1, bias=False) for channels in _CHANNELS)
        self.shift: Tensor
        self.scale: Tensor
        self.register_buffer("shift", torch.zeros(1, 3, 1, 1))
        self.register_buffer("scale", torch.ones(1, 3, 1, 1))

    def forward(self, pair: Tensor) -> Tensor:
        """float (2, 3, H, W) RGB -1..1; the distance of the two, a scalar."""
        features = (pair - self.shift) / self.scale
        distance = torch.zeros(())
        for number, (conv, line) in enumerate(zip(self.convs, self.lines, strict=True)):
            if number in (1, 2):
                features = _blurred_half(fn.max_pool2d(features, 3, 1))
            features = conv(features)
            if number == 0:
                features = _blurred_half(features)
            features = torch.relu(features)
            unit = features / (features.norm(dim=1, keepdim=True) + 1e-10)
            distance = distance + line((unit[:1] - unit[1:]).square()).mean()
        return distance


def _blurred_half(features: Tensor) -> Tensor:
    """Every second value of the features under a 3x3 binomial blur."""
    row = torch.tensor([0.25, 0.5, 0.25])
    channels = features.shape[1]
    kernel = torch.outer(row, row).expand(channels, 1, 3, 3)
    return fn.conv2d(fn.pad(features, (2, 2, 2, 2), mode="reflect"), kernel, stride=2, groups=channels)


def _renamed(state: dict[str, Tensor]) -> dict[str, Tensor]:
    """The published names as ours."""
    ours = {"shift": state["scaling_layer.shift"], "scale": state["scaling_layer.scale"]}
    for number, (place, _, _) in enumerate(_CONVS):
        ours[f"lines.{number}.weight"] = state[f"lin{number}.model.1.weight"]
        for kind in ("weight", "bias"):
            ours[f"convs.{number}.{kind}"] = state[f"net.slice{place}.{kind}"]
    return ours
