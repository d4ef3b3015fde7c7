"""YOLOv3 and TinyYOLOv3 (Redmon & Farhadi, "YOLOv3: An Incremental Improvement", 2018), for inference.

The layers and their order are those of darknet's `yolov3.cfg` and `yolov3-tiny.cfg`; weights are a list of
convolutions in that order.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Literal

import torch
import torch.nn.functional as F
from torch import Tensor, nn

__all__ = ["INPUT_SIDE", "Architecture", "Convolution", "Head", "TinyYoloV3", "YoloV3", "build_yolo"]

Architecture = Literal["tiny-yolov3", "yolov3"]
INPUT_SIDE = 416
"""Width and height in pixels of the input."""

_ANCHORS = ((10, 13), (16, 30), (33, 23), (30, 61), (62, 45), (59, 119), (116, 90), (156, 198), (373, 326))
_TINY_ANCHORS = ((10, 14), (23, 27), (37, 58), (81, 82), (135, 169), (344, 319))
_BOXES = 3  # per cell
_COCO_CLASSES = 80


class Convolution(nn.Module):
    """A convolution with batch normalisation and a leaky rectifier; before a head, one with a bias instead.

    Args:
        kernel: side of the kernel; borders are padded with zeros.
        final: stands before a head.
    """

    def __init__(
        self, inputs: int, outputs: int, kernel: int = 3, stride: int = 1, *, final: bool = False
    ) -> None:
        super().__init__()
        self.conv = nn.Conv2d(inputs, outputs, kernel, stride, kernel // 2, bias=final)
        self.norm = None if final else nn.BatchNorm2d(outputs)

    def forward(self, x: Tensor) -> Tensor:
        x = self.conv(x)
        return x if self.norm is None else F.leaky_relu(self.norm(x), 0.1)


class Head(nn.Module):
    """Turns features into boxes: (N, 3 * (5 + C), h, w) to (N, 3 * h * w, 5 + C) with centre, width and
    height in pixels of the input, objectness and classes in 0..1.

    Args:
        anchors: three pairs of width and height in pixels.
        cells: cells along a side.
    """

    def __init__(self, anchors: tuple[tuple[int, int], ...], cells: int) -> None:
        super().__init__()
        self.stride = INPUT_SIDE // cells
        rows, columns = torch.meshgrid(torch.arange(cells), torch.arange(cells), indexing="ij")
        grid = torch.stack([columns, rows], dim=-1).reshape(1, cells * cells, 1, 2).float()
        self.register_buffer("grid", grid, persistent=False)
        self.register_buffer("anchors", torch.tensor(anchors).float(), persistent=False)
        self.grid: Tensor
        self.anchors: Tensor

    def forward(self, x: Tensor) -> Tensor:
        batch, channels = x.shape[:2]
        values = channels // _BOXES
        x = x.flatten(2).transpose(1, 2).reshape(batch, -1, _BOXES, values)
        centre = (x[..., :2].sigmoid() + self.grid) * self.stride
        size = x[..., 2:4].exp() * self.anchors
        return torch.cat([centre, size, x[..., 4:].sigmoid()], dim=-1).reshape(batch, -1, values)


class TinyYoloV3(nn.Module):
    """float32 (N, 3, 416, 416) RGB in 0..1 to (N, 2535, 5 + C); see `Head`.

    Attributes:
        convolutions: in darknet's order.
    """

    def __init__(self, classes: int = 80) -> None:
        super().__init__()
        outputs = _BOXES * (5 + classes)
        self.convolutions = nn.ModuleList(
            [
                *(Convolution(a, b) for a, b in ((3, 16), (16, 32), (32, 64), (64, 128), (128, 256))),
                Convolution(256, 512),
                Convolution(512, 1024),
                Convolution(1024, 256, 1),
                Convolution(256, 512),
                Convolution(512, outputs, 1, final=True),
                Convolution(256, 128, 1),
                Convolution(384, 256),
                Convolution(256, outputs, 1, final=True),
            ]
        )
        self.coarse = Head(_TINY_ANCHORS[3:], INPUT_SIDE // 32)
        # COCO's weights were trained with a slip in the cfg (github.com/pjreddie/darknet/issues/851) that
        # darknet's template for other classes does not have.
        first = 1 if classes == _COCO_CLASSES else 0
        self.fine = Head(_TINY_ANCHORS[first : first + 3], INPUT_SIDE // 16)

    def forward(self, image: Tensor) -> Tensor:
        layers = self.convolutions
        x = layers[0](image)
        for layer in layers[1:5]:
            x = layer(F.max_pool2d(x, 2))
        early = x
        x = layers[5](F.max_pool2d(x, 2))
        x = layers[7](layers[6](F.max_pool2d(F.pad(x, (0, 1, 0, 1)), 2, 1)))
        coarse = self.coarse(layers[9](layers[8](x)))
        x = F.interpolate(layers[10](x), scale_factor=2.0)
        fine = self.fine(layers[12](layers[11](torch.cat([x, early], dim=1))))
        return torch.cat([coarse, fine], dim=1)


class YoloV3(nn.Module):
    """float32 (N, 3, 416, 416) RGB in 0..1 to (N, 10647, 5 + C); see `Head`.

    Attributes:
        convolutions: in darknet's order.
    """

    _STAGES = ((64, 1), (128, 2), (256, 8), (512, 8), (1024, 4))
    """Channels and residual blocks of Darknet-53."""

    def __init__(self, classes: int = 80) -> None:
        super().__init__()
        outputs = _BOXES * (5 + classes)
        layers = [Convolution(3, 32)]
        for channels, blocks in self._STAGES:
            half = channels // 2
            layers.append(Convolution(half, channels, stride=2))
            for _ in range(blocks):
                layers += [Convolution(channels, half, 1), Convolution(half, channels)]
        for inputs, width in ((1024, 512), (768, 256), (384, 128)):
            if inputs != 1024:
                layers.append(Convolution(2 * width, width, 1))
            layers += [Convolution(inputs, width, 1), Convolution(width, 2 * width)]
            for _ in range(2):
                layers += [Convolution(2 * width, width, 1), Convolution(width, 2 * width)]
            layers.append(Convolution(2 * width, outputs, 1, final=True))
        self.convolutions = nn.ModuleList(layers)
        self.heads = nn.ModuleList(
            Head(_ANCHORS[first : first + 3], INPUT_SIDE // stride)
            for first, stride in ((6, 32), (3, 16), (0, 8))
        )

    def forward(self, image: Tensor) -> Tensor:
        layers = iter(self.convolutions)
        x = next(layers)(image)
        routes = []
        for _, blocks in self._STAGES:
            x = next(layers)(x)
            for _ in range(blocks):
                x = x + _through(layers, 2, x)
            routes.append(x)
        found = []
        for level, head in enumerate(self.heads):
            if level:
                x = F.interpolate(next(layers)(x), scale_factor=2.0)
                x = torch.cat([x, routes[-1 - level]], dim=1)
            x = _through(layers, 5, x)
            found.append(head(_through(layers, 2, x)))
        return torch.cat(found, dim=1)


def _through(layers: Iterator[nn.Module], count: int, x: Tensor) -> Tensor:
    for layer in islice(layers, count):
        x = layer(x)
    return x


def build_yolo(architecture: Architecture, classes: int) -> TinyYoloV3 | YoloV3:
    """The network, in evaluation mode, with weights of no meaning."""
    net = TinyYoloV3(classes) if architecture == "tiny-yolov3" else YoloV3(classes)
    return net.eval()
