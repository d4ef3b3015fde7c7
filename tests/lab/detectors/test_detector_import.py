"""Weights of YOLOv3 that others made: read, checked, and written as ONNX files that detect the same."""

from __future__ import annotations

import struct
from pathlib import Path

import cv2
import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from streamdesnow.config.detect import DetectConfig
from streamdesnow.detect.detection import Box
from streamdesnow.detect.onnx import OnnxDetector
from streamdesnow.errors import ModelCorrupt, ModelNotFound
from streamdesnow.lab.detectors.darknet import read_darknet
from streamdesnow.lab.detectors.imageai_weights import read_imageai
from streamdesnow.lab.detectors.import_weights import import_weights
from streamdesnow.lab.detectors.yolov3 import Architecture, Convolution, TinyYoloV3, YoloV3, build_yolo

HEADER = struct.pack("<iiiq", 0, 2, 0, 32013312)


def random_net(architecture: Architecture = "tiny-yolov3", classes: int = 3) -> TinyYoloV3 | YoloV3:
    torch.manual_seed(0)
    net = build_yolo(architecture, classes)
    for layer in net.modules():
        if isinstance(layer, torch.nn.BatchNorm2d):
            torch.nn.init.uniform_(layer.running_mean, -0.1, 0.1)
            torch.nn.init.uniform_(layer.running_var, 0.5, 1.5)
    return net


def convolutions(net: torch.nn.Module) -> list[Convolution]:
    return [layer for layer in net.modules() if isinstance(layer, Convolution)]


def as_imageai(net: torch.nn.Module) -> dict[str, torch.Tensor]:
    tensors = {}
    for number, layer in enumerate(convolutions(net), start=1):
        tensors |= {f"conv{number}.conv.{name}": each for name, each in layer.conv.state_dict().items()}
        if layer.norm is not None:
            norm = layer.norm.state_dict().items()
            tensors |= {f"conv{number}.batch_norm.{name}": each for name, each in norm}
    return tensors


def as_darknet(net: torch.nn.Module) -> bytes:
    parts: list[torch.Tensor | None] = []
    for layer in convolutions(net):
        norm = layer.norm
        parts += (
            [layer.conv.bias]
            if norm is None
            else [norm.bias, norm.weight, norm.running_mean, norm.running_var]
        )
        parts.append(layer.conv.weight)
    return HEADER + b"".join(each.detach().numpy().tobytes() for each in parts if each is not None)


def same(one: torch.nn.Module, other: torch.nn.Module) -> bool:
    return all(
        torch.equal(a, b)
        for (name, a), b in zip(one.state_dict().items(), other.state_dict().values(), strict=True)
        if "num_batches" not in name
    )


@pytest.mark.parametrize("architecture", ["tiny-yolov3", "yolov3"])
def test_kind_and_classes_are_read_from_the_file(tmp_path: Path, architecture: Architecture) -> None:
    net = random_net(architecture)
    (tmp_path / "a.weights").write_bytes(as_darknet(net))
    torch.save(as_imageai(net), tmp_path / "a.pt")
    for read in (read_darknet(tmp_path / "a.weights"), read_imageai(tmp_path / "a.pt")):
        assert type(read) is type(net)
        assert same(read, net)


def test_an_imported_file_computes_what_the_network_computes(tmp_path: Path) -> None:
    (tmp_path / "a.weights").write_bytes(as_darknet(random_net()))
    written = import_weights(tmp_path / "a.weights", tmp_path / "new" / "a.onnx", ["cat", "dog", "snowman"])
    assert written.largest_difference < 1e-4
    assert (written.architecture, written.labels) == ("tiny-yolov3", ("cat", "dog", "snowman"))
    detector = OnnxDetector(written.path, DetectConfig(device="cpu"))
    detector.open()
    assert detector.labels == ("cat", "dog", "snowman")
    detector.detect(np.zeros((100, 200, 3), np.uint8))
    detector.close()
    assert [each.name for each in (tmp_path / "new").iterdir()] == ["a.onnx"]


def test_a_cut_off_file_is_told_by_its_size(tmp_path: Path) -> None:
    path = tmp_path / "a.weights"
    path.write_bytes(as_darknet(random_net(classes=80))[:-40])
    with pytest.raises(
        ModelCorrupt, match=r"holds 8,858,724 weights; .* should hold 8,858,734 \(tiny-yolov3\)"
    ):
        read_darknet(path)
    path.write_bytes(b"<html>not found</html>")
    with pytest.raises(ModelCorrupt, match="does not begin like darknet weights"):
        read_darknet(path)


def test_files_of_another_kind_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.pt"
    path.write_bytes(b"half a download")
    with pytest.raises(ModelCorrupt, match=r"not weights that torch can read .*a broken download"):
        read_imageai(path)
    torch.save({"backbone.body.conv1.weight": torch.zeros(1)}, path)
    with pytest.raises(ModelCorrupt, match=r"not TinyYOLOv3 or YOLOv3 .* first tensors are backbone\.body"):
        read_imageai(path)
    tensors = as_imageai(random_net())
    del tensors["conv2.conv.weight"]
    torch.save(tensors, path)
    with pytest.raises(ModelCorrupt, match="not a whole tiny-yolov3"):
        read_imageai(path)
    with pytest.raises(ModelNotFound, match="there is no such file"):
        import_weights(tmp_path / "b.pt", tmp_path / "b.onnx")


def test_other_classes_than_cocos_want_names_and_as_many(tmp_path: Path) -> None:
    path = tmp_path / "a.weights"
    path.write_bytes(as_darknet(random_net()))
    with pytest.raises(ModelCorrupt, match="knows 3 classes, not COCO's 80: name them with --names"):
        import_weights(path, tmp_path / "a.onnx")
    with pytest.raises(ModelCorrupt, match="knows 3 classes, and 1 names were given"):
        import_weights(path, tmp_path / "a.onnx", ["cat"])


def test_the_real_tiny_yolov3_finds_what_people_marked_in_photographs(
    shared_data: Path, tmp_path: Path
) -> None:
    written = import_weights(shared_data / "weights" / "tiny-yolov3.pt", tmp_path / "tiny.onnx")
    detector = OnnxDetector(written.path, DetectConfig(device="cpu"))
    detector.open()
    photos = shared_data / "photos" / "train" / "coco128"
    overlaps = []
    for path in sorted(photos.glob("*.jpg"))[:40]:
        image = cv2.imread(str(path))
        labels = photos / "labels" / f"{path.stem}.txt"
        if image is None or not labels.is_file():
            continue
        truth = np.loadtxt(labels, ndmin=2)
        for each in detector.detect(image):
            boxes = truth[truth[:, 0] == each.class_id, 1:]
            overlaps.append(best_overlap(each.box, boxes, image.shape[1], image.shape[0]))
    # With anchors that are off, small things get boxes of half their size, which overlap by a quarter.
    assert len(overlaps) > 40
    assert np.mean(np.array(overlaps) > 0.5) > 0.7


def best_overlap(box: Box, truth: NDArray[np.float64], width: int, height: int) -> float:
    best = 0.0
    for x, y, w, h in truth * [width, height, width, height]:
        across = min(box.right, x + w / 2) - max(box.left, x - w / 2)
        down = min(box.bottom, y + h / 2) - max(box.top, y - h / 2)
        common = max(0.0, across) * max(0.0, down)
        area = (box.right - box.left) * (box.bottom - box.top)
        best = max(best, common / (area + w * h - common))
    return best


def test_an_import_is_called_as_what_it_is_whatever_the_file_was_called(tmp_path: Path) -> None:
    weights = tmp_path / "yolov3-tiny.weights"
    weights.write_bytes(as_darknet(random_net(classes=80)))
    written = import_weights(weights, None, folder=tmp_path / "detectors")
    assert written.path == tmp_path / "detectors" / "tiny-yolov3.onnx"
    assert written.path.is_file()
