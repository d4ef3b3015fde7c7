"""From somebody else's weights to an ONNX file that the `onnx` backend of `detect:` runs without torch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnx
import torch

from streamdesnow.detect.coco import COCO
from streamdesnow.detect.onnx import FAMILY, NAMES
from streamdesnow.errors import ModelCorrupt, ModelNotFound, StorageFailed
from streamdesnow.lab.detectors.darknet import read_darknet
from streamdesnow.lab.detectors.imageai_weights import read_imageai
from streamdesnow.lab.detectors.yolov3 import INPUT_SIDE, TinyYoloV3, YoloV3
from streamdesnow.lab.shipping.tracing import traced

__all__ = ["Imported", "import_weights"]


@dataclass(frozen=True, slots=True)
class Imported:
    """What `import_weights` wrote.

    Attributes:
        path: the ONNX file.
        architecture: `tiny-yolov3` or `yolov3`.
        labels: names of its classes.
        largest_difference: between torch and onnxruntime: |a - b| / (1 + |b|), in pixels and probabilities.
    """

    path: Path
    architecture: str
    labels: tuple[str, ...]
    largest_difference: float


def import_weights(
    weights: Path, output: Path | None, names: Sequence[str] | None = None, folder: Path = Path()
) -> Imported:
    """Write an ONNX file and check that it computes what the network computes.

    Args:
        weights: `.pt` as ImageAI saves it, or darknet's `.weights`, of TinyYOLOv3 or YOLOv3.
        output: the ONNX file; its folder is made if need be. None: in `folder`, called as its architecture,
            or as the weights are where `names` make it somebody's own.
        names: of the classes, by number. Default: COCO's, where there are 80.
        folder: for want of `output`.

    Raises:
        ModelNotFound: there is no such file.
        ModelCorrupt: it is damaged or of another kind, or does not know that many classes.
        StorageFailed: the ONNX file cannot be written.
    """
    if not weights.is_file():
        raise ModelNotFound(f"{weights}: there is no such file")
    net = read_darknet(weights) if weights.suffix == ".weights" else read_imageai(weights)
    architecture = "tiny-yolov3" if isinstance(net, TinyYoloV3) else "yolov3"
    labels = _labels(weights, _class_count(net), names)
    output = output or folder / f"{architecture if names is None else weights.stem}.onnx"
    try:
        output.parent.mkdir(parents=True, exist_ok=True)
        _write(net, labels, architecture, output)
    except OSError as error:
        raise StorageFailed(f"{output}: cannot be written: {error.strerror}") from error
    return Imported(output, architecture, labels, _compare(net, output))


def _class_count(net: TinyYoloV3 | YoloV3) -> int:
    last = net.convolutions[-1].get_submodule("conv")
    assert isinstance(last, torch.nn.Conv2d)
    return last.out_channels // 3 - 5


def _labels(weights: Path, count: int, names: Sequence[str] | None) -> tuple[str, ...]:
    if names is None and count != len(COCO):
        raise ModelCorrupt(f"{weights}: knows {count} classes, not COCO's 80: name them with --names FILE")
    labels = tuple(names or COCO)
    if len(labels) != count:
        raise ModelCorrupt(f"{weights}: knows {count} classes, and {len(labels)} names were given")
    return labels


def _write(net: TinyYoloV3 | YoloV3, labels: tuple[str, ...], architecture: str, path: Path) -> None:
    model = traced(net, (torch.zeros(1, 3, INPUT_SIDE, INPUT_SIDE),), ["images"], ["boxes"])
    metadata = {
        FAMILY: "yolov3",
        "architecture": architecture,
        NAMES: str(dict(enumerate(labels))),
        "imgsz": str([INPUT_SIDE, INPUT_SIDE]),
    }
    onnx.helper.set_model_props(model, metadata)
    onnx.checker.check_model(model)
    # A name of its own first: an interrupted import must not leave half a file under the name that is used.
    part = path.with_name(f"{path.name}.part")
    onnx.save(model, str(part))
    part.replace(path)


def _compare(net: TinyYoloV3 | YoloV3, path: Path) -> float:
    import onnxruntime

    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    torch.manual_seed(0)
    image = torch.rand(1, 3, INPUT_SIDE, INPUT_SIDE)
    theirs = session.run(None, {"images": image.numpy()})[0]
    with torch.no_grad():
        ours = net(image).numpy()
    return float((np.abs(theirs - ours) / (1 + np.abs(ours))).max())
