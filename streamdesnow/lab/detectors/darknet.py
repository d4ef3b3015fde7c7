"""Reading YOLOv3 weights as darknet saves them: a header, then numbers without names.

The header is three int32 (major, minor, revision) and the count of pictures seen, in 8 bytes from version 0.2
on. Then, for each convolution: normalisation (bias, weight, mean, variance) or bias, and the kernel; float32,
little-endian. Source: `load_weights_upto` in darknet's `parser.c`.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from streamdesnow.errors import ModelCorrupt
from streamdesnow.lab.detectors.yolov3 import Architecture, Convolution, TinyYoloV3, YoloV3, build_yolo

__all__ = ["read_darknet"]

_MOST_CLASSES = 1000


def read_darknet(path: Path) -> TinyYoloV3 | YoloV3:
    """The network that a `.weights` file holds; kind and number of classes follow from its size.

    Raises:
        ModelCorrupt: its size is that of no YOLOv3 and no TinyYOLOv3.
    """
    numbers = _numbers(path)
    for architecture in ("tiny-yolov3", "yolov3"):
        classes = _classes(architecture, len(numbers))
        if classes is not None:
            net = build_yolo(architecture, classes)
            _fill(net, torch.from_numpy(numbers))
            return net
    expected = " or ".join(f"{_size(build_yolo(kind, 80)):,} ({kind})" for kind in ("tiny-yolov3", "yolov3"))
    raise ModelCorrupt(
        f"{path}: holds {len(numbers):,} weights; for 80 classes it should hold {expected}. The file is "
        "incomplete, or of another network"
    )


def _numbers(path: Path) -> NDArray[np.float32]:
    data = path.read_bytes()
    if len(data) < 20:
        raise ModelCorrupt(f"{path}: too short for darknet weights")
    major, minor, _ = np.frombuffer(data, "<i4", 3).tolist()
    if not (0 <= major < 100 and 0 <= minor < 100):
        raise ModelCorrupt(f"{path}: does not begin like darknet weights")
    start = 20 if major * 10 + minor >= 2 else 16
    return np.frombuffer(data, "<f4", (len(data) - start) // 4, start).astype(np.float32)


def _classes(architecture: Architecture, count: int) -> int | None:
    """The number of classes with which a network has `count` weights: each class adds as many."""
    with torch.device("meta"):
        one, two = (_size(build_yolo(architecture, classes)) for classes in (1, 2))
    classes, rest = divmod(count - one, two - one)
    return classes + 1 if rest == 0 and 0 <= classes < _MOST_CLASSES else None


def _size(net: nn.Module) -> int:
    return sum(tensor.numel() for layer in _convolutions(net) for tensor in _tensors(layer))


def _fill(net: nn.Module, numbers: Tensor) -> None:
    start = 0
    with torch.no_grad():
        for layer in _convolutions(net):
            for tensor in _tensors(layer):
                tensor.copy_(numbers[start : start + tensor.numel()].reshape(tensor.shape))
                start += tensor.numel()


def _convolutions(net: nn.Module) -> list[Convolution]:
    return [layer for layer in net.modules() if isinstance(layer, Convolution)]


def _tensors(layer: Convolution) -> list[Tensor]:
    """A layer's weights in the file's order."""
    norm, bias = layer.norm, layer.conv.bias
    if norm is None:
        return [bias, layer.conv.weight] if bias is not None else [layer.conv.weight]
    mean, variance = norm.running_mean, norm.running_var
    return [each for each in (norm.bias, norm.weight, mean, variance, layer.conv.weight) if each is not None]
