"""Pixels in places: squares of the frame whose pixels lie in the channels, where convolutions are cheap."""

from __future__ import annotations

from torch import Tensor
from torch.nn import functional as fn

__all__ = [
    "PIXELS",
    "SIDE",
    "by_colour",
    "channels_first",
    "channels_last",
    "to_colours",
    "to_frame",
    "to_pixels",
]

SIDE = 4
PIXELS = SIDE * SIDE


def to_frame(pixels: Tensor) -> Tensor:
    """(N, 3, P, h, w), as in `Proposal`, to (N, 3, H, W)."""
    return fn.pixel_shuffle(pixels.flatten(1, 2), SIDE)


def to_pixels(frame: Tensor) -> Tensor:
    """(N, 3, H, W) to (N, 3, P, h, w), as in `Proposal`."""
    return by_colour(fn.pixel_unshuffle(frame, SIDE))


def by_colour(planes: Tensor) -> Tensor:
    """(N, 3 * P, h, w) as (N, 3, P, h, w)."""
    return planes.view(planes.shape[0], 3, PIXELS, *planes.shape[2:])


def to_colours(planes: Tensor) -> Tensor:
    """(N, P, h, w) as (N, 1, P, h, w), the same for every colour."""
    return planes.unsqueeze(1)


def channels_first(planes: Tensor) -> Tensor:
    """(N, h, w, C) as (N, C, h, w)."""
    return planes.permute(0, 3, 1, 2)


def channels_last(planes: Tensor) -> Tensor:
    """(N, C, h, w) as (N, h, w, C)."""
    return planes.permute(0, 2, 3, 1)
