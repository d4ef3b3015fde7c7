"""The ONNX operators that our networks are exported with, in torch.

Each takes the node's input tensors (None where one is left out) and its attributes, and returns one tensor or
a list of them; https://onnx.ai/onnx/operators says what they have to do. Shapes and axes are int64 tensors on
the CPU, so that reading them never waits for a GPU.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from streamdesnow.engines.torch_shapes import (
    Attributes,
    depth_to_space,
    expand,
    gather,
    ints,
    pad,
    reshape,
    slice_,
    space_to_depth,
    split,
    squeeze,
    unsqueeze,
)

__all__ = ["OPERATORS", "Attributes", "Operator"]

Operator = Callable[[list[Any], Attributes], Tensor | list[Tensor]]

_DTYPES = {
    1: torch.float32,
    2: torch.uint8,
    3: torch.int8,
    6: torch.int32,
    7: torch.int64,
    9: torch.bool,
    10: torch.float16,
    11: torch.float64,
    16: torch.bfloat16,
}


def _cast(x: list[Any], a: Attributes) -> Tensor:
    tensor: Tensor = x[0]
    return tensor.to(_DTYPES[a["to"]])


def _conv(x: list[Any], a: Attributes) -> Tensor:
    data, weight, bias = x[0], x[1], x[2] if len(x) > 2 else None
    strides, dilations, groups = a.get("strides", [1, 1]), a.get("dilations", [1, 1]), a.get("group", 1)
    top, left, bottom, right = a.get("pads", [0, 0, 0, 0])
    if (top, left) == (bottom, right):
        return F.conv2d(data, weight, bias, strides, (top, left), dilations, groups)
    return F.conv2d(F.pad(data, (left, right, top, bottom)), weight, bias, strides, 0, dilations, groups)


def _conv_transpose(x: list[Any], a: Attributes) -> Tensor:
    bias = x[2] if len(x) > 2 else None
    top, left, bottom, right = a.get("pads", [0, 0, 0, 0])
    extra = a.get("output_padding", [0, 0])
    # Cropping less at the end is what torch calls output padding.
    padding = (extra[0] + top - bottom, extra[1] + left - right)
    return F.conv_transpose2d(
        x[0], x[1], bias, a.get("strides", [1, 1]), (top, left), padding, a.get("group", 1)
    )


def _clip(x: list[Any], _: Attributes) -> Tensor:
    low, high = (x[n] if len(x) > n else None for n in (1, 2))
    return torch.clamp(x[0], low, high)


def _reduce(function: Callable[..., Tensor]) -> Operator:
    def reduce(x: list[Any], a: Attributes) -> Tensor:
        axes = ints(x[1]) if len(x) > 1 else a.get("axes", list(range(x[0].ndim)))
        return function(x[0], dim=axes, keepdim=bool(a.get("keepdims", 1)))

    return reduce


def _resize(x: list[Any], a: Attributes) -> Tensor:
    sizes = x[3] if len(x) > 3 else None
    scales = None if sizes is not None else [float(value) for value in x[2][2:].tolist()]
    size = ints(sizes)[2:] if sizes is not None else None
    if a.get("mode", b"nearest") == b"nearest":
        return F.interpolate(x[0], size, scales, mode="nearest")
    corners = a.get("coordinate_transformation_mode", b"half_pixel") == b"align_corners"
    return F.interpolate(x[0], size, scales, mode="bilinear", align_corners=corners)


def _grid_sample(x: list[Any], a: Attributes) -> Tensor:
    mode, padding = (a.get(key, b"").decode() for key in ("mode", "padding_mode"))
    mode = {"": "bilinear", "linear": "bilinear", "cubic": "bicubic"}.get(mode, mode)
    return F.grid_sample(
        x[0], x[1].to(x[0].dtype), mode, padding or "zeros", align_corners=bool(a.get("align_corners", 0))
    )


def _pool(function: Callable[..., Tensor]) -> Operator:
    def pool(x: list[Any], a: Attributes) -> Tensor:
        kernel = a["kernel_shape"]
        top, left, _, _ = a.get("pads", [0, 0, 0, 0])
        return function(x[0], kernel, a.get("strides", [1, 1]), (top, left))

    return pool


def _average_pool(x: list[Any], a: Attributes) -> Tensor:
    counts_padding = bool(a.get("count_include_pad", 0))  # torch would by default
    average = _pool(partial(F.avg_pool2d, count_include_pad=counts_padding))(x, a)
    assert isinstance(average, Tensor)
    return average


def _fold(function: Callable[[Tensor, Tensor], Tensor]) -> Operator:
    def fold(x: list[Any], _: Attributes) -> Tensor:
        total: Tensor = x[0]
        for tensor in x[1:]:
            total = function(total, tensor)
        return total

    return fold


def _plain(function: Callable[..., Tensor]) -> Operator:
    return lambda x, _: function(*x)


def _div(x: list[Any], _: Attributes) -> Tensor:
    whole = not x[0].is_floating_point()
    return torch.div(x[0], x[1], rounding_mode="trunc" if whole else None)


OPERATORS: Mapping[str, Operator] = {
    "Abs": _plain(torch.abs),
    "Add": _plain(torch.add),
    "And": _plain(torch.logical_and),
    "AveragePool": _average_pool,
    "Cast": _cast,
    "Clip": _clip,
    "Concat": lambda x, a: torch.cat(x, a["axis"]),
    "Conv": _conv,
    "ConvTranspose": _conv_transpose,
    "DepthToSpace": depth_to_space,
    "Div": _div,
    "Equal": _plain(torch.eq),
    "Exp": _plain(torch.exp),
    "Expand": expand,
    "Floor": _plain(torch.floor),
    "Gather": gather,
    "GlobalAveragePool": lambda x, _: x[0].mean((2, 3), keepdim=True),
    "Greater": _plain(torch.gt),
    "GreaterOrEqual": _plain(torch.ge),
    "Identity": lambda x, _: x[0],
    "GridSample": _grid_sample,
    "InstanceNormalization": lambda x, a: F.instance_norm(
        x[0], weight=x[1], bias=x[2], eps=a.get("epsilon", 1e-5)
    ),
    "LeakyRelu": lambda x, a: F.leaky_relu(x[0], a.get("alpha", 0.01)),
    "Less": _plain(torch.lt),
    "LessOrEqual": _plain(torch.le),
    "Log": _plain(torch.log),
    "MatMul": _plain(torch.matmul),
    "Max": _fold(torch.maximum),
    "MaxPool": _pool(F.max_pool2d),
    "Min": _fold(torch.minimum),
    "Mul": _plain(torch.mul),
    "Neg": _plain(torch.neg),
    "Not": _plain(torch.logical_not),
    "Or": _plain(torch.logical_or),
    "PRelu": lambda x, _: torch.where(x[0] > 0, x[0], x[0] * x[1]),
    "Pad": pad,
    "Pow": _plain(torch.pow),
    "Range": lambda x, _: torch.arange(x[0].item(), x[1].item(), x[2].item()),
    "ReduceMax": _reduce(torch.amax),
    "ReduceMean": _reduce(torch.mean),
    "ReduceMin": _reduce(torch.amin),
    "ReduceSum": _reduce(torch.sum),
    "Reciprocal": _plain(torch.reciprocal),
    "Relu": _plain(F.relu),
    "Reshape": reshape,
    "Resize": _resize,
    "Round": _plain(torch.round),
    "Shape": lambda x, a: torch.tensor(x[0].shape[a.get("start", 0) : a.get("end")]),
    "Sigmoid": _plain(torch.sigmoid),
    "Slice": slice_,
    "SpaceToDepth": space_to_depth,
    "Split": split,
    "Sqrt": _plain(torch.sqrt),
    "Squeeze": squeeze,
    "Sub": _plain(torch.sub),
    "Tanh": _plain(torch.tanh),
    "Tile": lambda x, _: x[0].repeat(ints(x[1])),
    "Transpose": lambda x, a: x[0].permute(a["perm"]),
    "Unsqueeze": unsqueeze,
    "Where": _plain(torch.where),
}
