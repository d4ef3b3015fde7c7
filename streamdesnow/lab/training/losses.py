"""What training minimises."""

from __future__ import annotations

from pathlib import Path

import torch
from torch import Tensor, nn

from streamdesnow.errors import ConfigError
from streamdesnow.lab.training.recipe import LossWeights

__all__ = ["PaperLoss", "harm_done", "log_error", "total_variation"]

# Below this mean squared error (1 code value, 48 dB) a picture is as good as perfect.
_ENOUGH = (1 / 255) ** 2
# An error may be this much larger than the input's before it is called harm: 10 code values.
_TOLERATED = 10 / 255
# Squared feature distances relative to the features' own power are about a hundred times the squared
# errors of pixels; this brings the two to one order before the paper's weights are applied.
_FEATURE_SCALE = 0.01
_MEAN = (123.68, 116.779, 103.939)
# Widths up to the fourth block; deeper features see more than a training crop.
_VGG19 = (64, 64, "pool", 128, 128, "pool", 256, 256, 256, 256, "pool", 512, 512, 512, 512)
_ONLY_IN_VGG19 = "16"
_VGG16 = (64, 64, "pool", 128, 128, "pool", 256, 256, 256, "pool", 512, 512, 512)


def log_error(squared: Tensor, weight: Tensor | None = None, floor: float = _ENOUGH) -> Tensor:
    """10 log10 of the mean squared error of each picture, averaged: a decibel counts the same in all snow.

    Args:
        squared: (N, ...), squared errors, pixels in 0..1.
        weight: same shape or broadcastable; pictures whose weights sum to less than 50 do not count.
        floor: added to the mean. The slope is 1 / (mean + floor): with a low floor the nearly perfect
            pictures pull a hundred times harder than the snowy ones, and "change nothing" is learned.
    """
    flat = squared.flatten(1)
    if weight is None:
        mean = flat.mean(1)
        return 10 * torch.log10(mean + floor).mean()
    weights = weight.expand_as(squared).flatten(1)
    total = weights.sum(1)
    mean = (flat * weights).sum(1) / total.clamp(min=1)
    counted = (total >= 50).float()
    return (10 * torch.log10(mean + floor) * counted).sum() / counted.sum().clamp(min=1)


def harm_done(squared: Tensor, before: Tensor, weight: Tensor) -> Tensor:
    """How far, on average over what counts, restoring made things clearly worse; 0..1.

    A white van taken for a flake costs few decibels, because a logarithm forgives disasters; here it costs
    what it hides.

    Args:
        squared: (N, C, H, W), squared errors of the output, pixels in 0..1.
        before: like `squared`, of the input.
        weight: (N, 1, H, W), 1 where it counts.
    """
    # The slope of a square root is infinite at 0.
    worse = torch.relu((squared + 1e-8).sqrt() - (before + 1e-8).sqrt() - _TOLERATED)
    return (worse * weight).sum() / (weight.sum() * squared.shape[1]).clamp(min=50.0)


def total_variation(images: Tensor) -> Tensor:
    """Sum over both directions of the mean squared difference of neighbours, (N, C, H, W) in 0..1."""
    down = (images[..., 1:, :] - images[..., :-1, :]).square().mean()
    across = (images[..., :, 1:] - images[..., :, :-1]).square().mean()
    return down + across


class PaperLoss(nn.Module):
    """L = w1 MSE + w2 perceptual + w3 TV, equations (1) to (4) of Wan & Lee.

    The paper takes features of VGG-19 without naming the layer; here they are those of the last convolution
    in the weights given, at most conv4_4 (VGG-19) or conv4_3 (VGG-16, the stand-in where no VGG-19 is at
    hand). Distances are taken relative to the power of the truth's features.

    Args:
        weights: the three weights.
        vgg: a state dict `features.N.weight/bias`: torchvision's VGG-19 or VGG-16 as it is, or a VGG-16
            without classifier whose input is RGB 0..255 less the ImageNet mean. None leaves the term out.
    """

    def __init__(self, weights: LossWeights, vgg: Path | None) -> None:
        super().__init__()
        self.weights = weights
        self.features = _vgg_features(vgg) if vgg is not None else None
        self.mean: Tensor
        self.register_buffer("mean", torch.tensor(_MEAN).view(1, 3, 1, 1))

    def forward(self, restored: Tensor, truth: Tensor) -> dict[str, Tensor]:
        """The weighted terms by name, to be added up; inputs float (N, 3, H, W) RGB 0..1."""
        terms = {
            "mse": self.weights.mse * (restored - truth).square().mean(),
            "variation": self.weights.variation * total_variation(restored),
        }
        if self.features is not None:
            with torch.no_grad():
                wanted = self.features(truth * 255 - self.mean)
            found = self.features(restored * 255 - self.mean)
            distance = (found - wanted).square().mean() / wanted.square().mean()
            terms["perceptual"] = self.weights.perceptual * _FEATURE_SCALE * distance
        return terms


def _vgg_features(path: Path) -> nn.Module:
    """VGG-19 if the weights have a fourth convolution of 256 filters, else VGG-16."""
    if not path.is_file():
        raise ConfigError(
            f"vgg: {path} is not there; give a VGG-19 or VGG-16 state dict or leave the key out"
        )
    state = torch.load(path, map_location="cpu", weights_only=True)
    deeper = any(key.split(".")[-2:] == [_ONLY_IN_VGG19, "weight"] for key in state)
    layers: list[nn.Module] = []
    channels = 3
    for width in _VGG19 if deeper else _VGG16:
        if width == "pool":
            layers.append(nn.MaxPool2d(2))
            continue
        assert isinstance(width, int)
        weight = next((key for key in state if key.split(".")[-2:] == [str(len(layers)), "weight"]), None)
        if weight is None or state[weight].shape != (width, channels, 3, 3):
            break
        conv = nn.Conv2d(channels, width, 3, padding=1)
        bias = weight.removesuffix("weight") + "bias"
        conv.load_state_dict({"weight": state[weight].float(), "bias": state[bias].float()})
        layers += [conv, nn.ReLU()]
        channels = width
    if not layers or not isinstance(layers[0], nn.Conv2d):
        raise ConfigError(f"vgg: {path} holds no VGG-19 or VGG-16 features (keys such as features.0.weight)")
    if deeper or any(key.startswith("classifier.") for key in state):
        _take_codes(layers[0])
    net = nn.Sequential(*layers).eval()
    for parameter in net.parameters():
        parameter.requires_grad_(False)
    return net


@torch.no_grad()
def _take_codes(first: nn.Conv2d) -> None:
    """Let torchvision's first convolution take 0..255 less the mean instead of unit deviations."""
    assert first.bias is not None
    mean, deviation = torch.tensor([[0.485, 0.456, 0.406], [0.229, 0.224, 0.225]])
    offset = (torch.tensor(_MEAN) / 255 - mean) / deviation
    first.bias += (first.weight * offset.view(1, 3, 1, 1)).sum((1, 2, 3))
    first.weight /= 255 * deviation.view(1, 3, 1, 1)
