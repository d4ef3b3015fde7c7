"""ONNX operators that move numbers about: shapes, axes, padding, space to depth."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

__all__ = [
    "Attributes",
    "depth_to_space",
    "expand",
    "gather",
    "ints",
    "pad",
    "reshape",
    "slice_",
    "space_to_depth",
    "split",
    "squeeze",
    "unsqueeze",
]

Attributes = Mapping[str, Any]


def ints(tensor: Tensor) -> list[int]:
    """The numbers of a shape or of axes."""
    return [int(value) for value in tensor.flatten().tolist()]


def reshape(x: list[Any], a: Attributes) -> Tensor:
    data: Tensor = x[0]
    keep = not a.get("allowzero", 0)
    return data.reshape([data.shape[n] if keep and s == 0 else s for n, s in enumerate(ints(x[1]))])


def split(x: list[Any], a: Attributes) -> list[Tensor]:
    axis = a.get("axis", 0)
    if len(x) > 1:
        return list(torch.split(x[0], ints(x[1]), axis))
    return list(torch.chunk(x[0], a["num_outputs"], axis))


def slice_(x: list[Any], _: Attributes) -> Tensor:
    data: Tensor = x[0]
    starts, ends = ints(x[1]), ints(x[2])
    axes = ints(x[3]) if len(x) > 3 and x[3] is not None else list(range(len(starts)))
    steps = ints(x[4]) if len(x) > 4 else [1] * len(starts)
    for start, end, axis, step in zip(starts, ends, axes, steps, strict=True):
        # torch knows no negative steps, and does not take "to the end" for a number beyond its own.
        taken = range(data.shape[axis])[start:end:step]
        data = data.index_select(axis, torch.tensor(taken, device=data.device))
    return data


def unsqueeze(x: list[Any], _: Attributes) -> Tensor:
    data: Tensor = x[0]
    rank = data.ndim + x[1].numel()
    for axis in sorted(axis % rank for axis in ints(x[1])):
        data = data.unsqueeze(axis)
    return data


def squeeze(x: list[Any], _: Attributes) -> Tensor:
    data: Tensor = x[0]
    return data.squeeze(ints(x[1])) if len(x) > 1 else data.squeeze()


def expand(x: list[Any], _: Attributes) -> Tensor:
    data: Tensor = x[0]
    # An axis of size 1 in the shape asked for leaves the data's as it is.
    shape = ints(x[1])
    shape = [1] * (data.ndim - len(shape)) + shape
    own = [1] * (len(shape) - data.ndim) + list(data.shape)
    return data.expand([mine if wanted == 1 else wanted for mine, wanted in zip(own, shape, strict=True)])


def pad(x: list[Any], a: Attributes) -> Tensor:
    amounts = ints(x[1])
    half = len(amounts) // 2
    # torch counts from the last axis, a pair at a time; its reflecting modes leave out the first two axes.
    pairs = [(amounts[n], amounts[n + half]) for n in reversed(range(half))]
    mode = {b"constant": "constant", b"reflect": "reflect", b"edge": "replicate"}[a.get("mode", b"constant")]
    if mode != "constant":
        return F.pad(x[0], [n for pair in pairs[:2] for n in pair], mode)
    value = float(x[2]) if len(x) > 2 and x[2] is not None else 0.0
    return F.pad(x[0], [n for pair in pairs for n in pair], mode, value)


def depth_to_space(x: list[Any], a: Attributes) -> Tensor:
    block = a["blocksize"]
    if a.get("mode", b"DCR") == b"CRD":
        return F.pixel_shuffle(x[0], block)
    data: Tensor = x[0]
    n, c, h, w = data.shape
    parts = data.reshape(n, block, block, c // block**2, h, w)
    return parts.permute(0, 3, 4, 1, 5, 2).reshape(n, c // block**2, h * block, w * block)


def space_to_depth(x: list[Any], a: Attributes) -> Tensor:
    block = a["blocksize"]
    data: Tensor = x[0]
    n, c, h, w = data.shape
    parts = data.reshape(n, c, h // block, block, w // block, block)
    return parts.permute(0, 3, 5, 1, 2, 4).reshape(n, c * block**2, h // block, w // block)


def gather(x: list[Any], a: Attributes) -> Tensor:
    data: Tensor = x[0]
    axis = a.get("axis", 0) % data.ndim
    picked = data.index_select(axis, x[1].reshape(-1).to(data.device))
    return picked.reshape([*data.shape[:axis], *x[1].shape, *data.shape[axis + 1 :]])
