"""Code values as networks with memory count them, and back."""

from __future__ import annotations

import torch
from torch import Tensor

from streamdesnow.frame import Image

__all__ = ["from_codes", "from_image", "to_codes", "to_image"]


def from_codes(codes: Tensor) -> Tensor:
    """uint8 0..255 to the network's (code - 128) / 64."""
    return (codes.float() - 128) / 64


def to_codes(values: Tensor) -> Tensor:
    """The network's values to uint8, rounded and clipped."""
    return (values * 64 + 128.5).clamp(0, 255.999).to(torch.uint8)


def from_image(image: Image, device: torch.device | str = "cpu") -> Tensor:
    """uint8 (H, W, 3) as a frame of one camera, (1, 3, H, W) in the network's values."""
    return from_codes(torch.from_numpy(image.transpose(2, 0, 1).copy())[None].to(device))


def to_image(frame: Tensor) -> Image:
    """And back, of the first camera."""
    image: Image = to_codes(frame)[0].cpu().numpy().transpose(1, 2, 0)
    return image
