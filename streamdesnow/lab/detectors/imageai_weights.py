"""Reading YOLOv3 weights as ImageAI saves them."""

from __future__ import annotations

import re
from pathlib import Path

import torch
from torch import Tensor

from streamdesnow.errors import ModelCorrupt
from streamdesnow.lab.detectors.yolov3 import Architecture, TinyYoloV3, YoloV3, build_yolo

__all__ = ["read_imageai"]

_ARCHITECTURES: dict[int, Architecture] = {13: "tiny-yolov3", 75: "yolov3"}
_PARTS = {"batch_norm": "norm", "conv": "conv"}


def read_imageai(path: Path) -> TinyYoloV3 | YoloV3:
    """The network that a `.pt` file holds; kind and number of classes are the file's.

    Raises:
        ModelCorrupt: it holds none, or not all of one.
    """
    try:
        tensors: dict[str, Tensor] = torch.load(path, map_location="cpu", weights_only=True)
        names = [re.fullmatch(r"conv(\d+)\.(conv|batch_norm)\.(\w+)", name) for name in tensors]
    except Exception as error:
        raise ModelCorrupt(
            f"{path}: not weights that torch can read ({type(error).__name__}); a broken download?"
        ) from error
    layers = max((int(match[1]) for match in names if match), default=0)
    if layers not in _ARCHITECTURES or None in names:
        raise ModelCorrupt(
            f"{path}: not TinyYOLOv3 or YOLOv3 as ImageAI saves them (conv1.conv.weight to conv13 or 75); "
            f"its first tensors are {', '.join(list(tensors)[:3])}"
        )
    net = build_yolo(_ARCHITECTURES[layers], _classes(tensors[f"conv{layers}.conv.weight"], path))
    renamed = {
        f"convolutions.{int(match[1]) - 1}.{_PARTS[match[2]]}.{match[3]}": tensors[match[0]]
        for match in names
        if match
    }
    try:
        net.load_state_dict(renamed)
    except RuntimeError as error:
        raise ModelCorrupt(f"{path}: not a whole {_ARCHITECTURES[layers]}: {error}") from error
    return net


def _classes(last: Tensor, path: Path) -> int:
    outputs = last.shape[0]
    if outputs % 3 or outputs < 18:
        raise ModelCorrupt(f"{path}: its last layer has {outputs} channels, which is not 3 * (5 + classes)")
    return outputs // 3 - 5
