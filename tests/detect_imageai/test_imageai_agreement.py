"""ImageAI and our own ONNX files of the same weights find the same."""

from __future__ import annotations

from pathlib import Path

import cv2
import pytest
import torch

from streamdesnow.config.detect import DetectConfig
from streamdesnow.detect.detection import Detection
from streamdesnow.detect.detector import Detector
from streamdesnow.detect.open_detector import open_detector
from streamdesnow.frame import Image
from streamdesnow.lab.detectors.imageai_weights import read_imageai
from streamdesnow.lab.detectors.import_weights import import_weights

# Importing torch and loading weights may take minutes on a busy machine.
pytestmark = pytest.mark.timeout(600)

ANCHORS = [10, 13, 16, 30, 33, 23, 30, 61, 62, 45, 59, 119, 116, 90, 156, 198, 373, 326]
# Those of TinyYOLOv3 that its weights were trained with, where ImageAI looks for them.
TINY_ANCHORS = [23, 27, 37, 58, 81, 82, 81, 82, 135, 169, 344, 319]
SCORES = [{"score": "class", "confidence": 0.5}, {"score": "product", "confidence": 0.3}]


@pytest.mark.parametrize("kind", ["tiny-yolov3", "yolov3"])
def test_our_networks_compute_what_imageais_do(kind: str, tmp_path: Path) -> None:
    from imageai.yolov3.tiny_yolov3 import YoloV3Tiny
    from imageai.yolov3.yolov3 import YoloV3

    torch.manual_seed(0)
    theirs = YoloV3(ANCHORS) if kind == "yolov3" else YoloV3Tiny(TINY_ANCHORS)
    theirs.eval()
    torch.save(theirs.state_dict(), tmp_path / "weights.pt")
    ours = read_imageai(tmp_path / "weights.pt")
    image = torch.rand(1, 3, 416, 416)
    with torch.no_grad():
        expected, found = theirs(image), ours(image)
    assert found.shape == expected.shape
    assert torch.allclose(found, expected, rtol=1e-3, atol=1e-3)


@pytest.fixture(scope="module")
def tiny(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("weights") / "tiny-yolov3.onnx"
    return import_weights(shared_data / "weights" / "tiny-yolov3.pt", path).path


@pytest.fixture(scope="module")
def photos(shared_data: Path) -> list[Image]:
    paths = sorted((shared_data / "photos" / "train" / "coco128").glob("*.jpg"))[:16]
    images = [cv2.imread(str(path)) for path in paths]
    return [image for image in images if image is not None]


@pytest.mark.parametrize("score", SCORES, ids=lambda score: score["score"])
def test_both_adapters_find_the_same_boxes_in_photographs(
    score: dict[str, object], tiny: Path, photos: list[Image], shared_data: Path
) -> None:
    weights = shared_data / "weights" / "tiny-yolov3.pt"
    theirs = look(open_detector(config("imageai", weights, score)), photos)
    ours = look(open_detector(config("onnx", tiny, score)), photos)
    assert sum(map(len, ours)) > 15
    for one, other in zip(ours, theirs, strict=True):
        assert [each.label for each in one] == [each.label for each in other]
        assert [each.confidence for each in one] == pytest.approx([e.confidence for e in other], abs=1e-3)
        assert corners(one) == pytest.approx(corners(other), abs=1)


def config(backend: str, path: Path, score: dict[str, object]) -> DetectConfig:
    fixed = {"backend": backend, "model": str(path), "device": "cpu"}
    return DetectConfig.model_validate(fixed | score)


def look(detector: Detector, photos: list[Image]) -> list[list[Detection]]:
    try:
        return [sorted(detector.detect(photo), key=place) for photo in photos]
    finally:
        detector.close()


def place(each: Detection) -> tuple[str, int, int]:
    return each.label, int(each.box.left), int(each.box.top)


def corners(found: list[Detection]) -> list[int]:
    """ImageAI cuts off what is behind the point."""
    boxes = (each.box for each in found)
    return [int(side) for box in boxes for side in (box.left, box.top, box.right, box.bottom)]
