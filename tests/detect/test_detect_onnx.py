"""ONNX files of the YOLO family: layouts, names, sizes, and what is said of those that are not understood."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from onnx import TensorProto
from onnx_files import write_network

from streamdesnow.config.detect import DetectConfig
from streamdesnow.detect.detection import Detection
from streamdesnow.detect.onnx import OnnxDetector
from streamdesnow.errors import DetectorFailed, DetectorUnavailable

NAMES = {"names": "{0: 'person', 1: 'car'}"}
# Twice the same person, and a car; a picture of 128x64 lies in the middle of 64x64 at half its size.
PERSON, AGAIN, CAR = (16, 32, 8, 16), (17, 32, 8, 16), (48, 40, 16, 8)
WIDE = np.zeros((64, 128, 3), np.uint8)


def found(path: Path, **config: object) -> tuple[Detection, ...]:
    detector = OnnxDetector(path, DetectConfig.model_validate({"device": "cpu", **config}))
    detector.open()
    try:
        return detector.detect(WIDE)
    finally:
        detector.close()


def summary(detections: tuple[Detection, ...]) -> list[tuple[str, float, tuple[float, ...]]]:
    return [
        (
            each.label,
            round(each.confidence, 3),
            (each.box.left, each.box.top, each.box.right, each.box.bottom),
        )
        for each in detections
    ]


def yolov8() -> NDArray[np.float32]:
    rows = np.zeros((20, 6), np.float32)
    rows[3] = (*PERSON, 0.9, 0.1)
    rows[4] = (*AGAIN, 0.8, 0.1)
    rows[9] = (*CAR, 0.0, 0.7)
    return rows.T[None].copy()


def yolov5() -> NDArray[np.float32]:
    rows = np.zeros((1, 20, 7), np.float32)
    rows[0, 3] = (*PERSON, 0.9, 1.0, 0.1)
    rows[0, 4] = (*AGAIN, 0.8, 1.0, 0.1)
    rows[0, 9] = (*CAR, 1.0, 0.0, 0.7)
    return rows


def final() -> NDArray[np.float32]:
    rows = np.zeros((1, 300, 6), np.float32)
    rows[0, 0] = (12, 24, 20, 40, 0.9, 0)
    rows[0, 1] = (40, 36, 56, 44, 0.7, 1)
    return rows


BOTH = [("person", 0.9, (24, 16, 40, 48)), ("car", 0.7, (80, 40, 112, 56))]


@pytest.mark.parametrize(
    "output",
    [yolov8(), yolov5(), yolov5().transpose(0, 2, 1).copy(), final()],
    ids=["1x(4+C)xN", "1xNx(5+C)", "1x(5+C)xN", "1xNx6"],
)
def test_each_layout_gives_the_same_boxes_in_pixels_of_the_picture(
    tmp_path: Path, output: NDArray[np.float32]
) -> None:
    assert summary(found(write_network(tmp_path / "a.onnx", output, NAMES))) == BOTH


def test_without_names_the_layout_is_told_by_its_shape(tmp_path: Path) -> None:
    assert summary(found(write_network(tmp_path / "a.onnx", yolov8()))) == [
        ("class 0", *BOTH[0][1:]),
        ("class 1", *BOTH[1][1:]),
    ]
    assert len(found(write_network(tmp_path / "b.onnx", yolov5()))) == 2


def test_names_come_from_a_file_beside_it_or_are_those_of_coco(tmp_path: Path) -> None:
    path = write_network(tmp_path / "a.onnx", yolov8())
    (tmp_path / "a.names").write_text("walker\n\nvehicle\n")
    assert [each.label for each in found(path)] == ["walker", "vehicle"]
    coco = np.zeros((1, 84, 100), np.float32)
    coco[0, :, 5] = (*PERSON, *np.eye(80)[2])
    assert [each.label for each in found(write_network(tmp_path / "b.onnx", coco))] == ["car"]


def test_confidence_and_overlap_are_the_configs(tmp_path: Path) -> None:
    path = write_network(tmp_path / "a.onnx", yolov8(), NAMES)
    assert len(found(path, confidence=0.75)) == 1
    assert len(found(path, confidence=0.75, overlap=0.9)) == 2
    assert found(path, confidence=0.95) == ()


def test_yolov3_counts_the_class_or_the_product_as_asked(tmp_path: Path) -> None:
    rows = np.zeros((1, 20, 7), np.float32)
    rows[0, 3] = (*PERSON, 0.6, 1.0, 0.1)
    rows[0, 9] = (*CAR, 0.4, 0.0, 1.0)
    path = write_network(tmp_path / "a.onnx", rows, NAMES | {"streamdesnow.family": "yolov3"})
    assert [(each.label, each.confidence) for each in found(path)] == [("person", 1.0)]
    product = found(path, score="product", confidence=0.3)
    assert [(each.label, round(each.confidence, 3)) for each in product] == [("person", 0.6), ("car", 0.4)]


def test_half_precision_and_open_sizes_are_taken(tmp_path: Path) -> None:
    half = write_network(tmp_path / "a.onnx", yolov8(), NAMES, kind=TensorProto.FLOAT16)
    assert summary(found(half)) == BOTH
    named = {"imgsz": "[64, 64]", **NAMES}
    sizes = ("batch", 3, "height", "width")
    assert summary(found(write_network(tmp_path / "b.onnx", yolov8(), named, shape=sizes))) == BOTH


def test_an_output_that_is_not_understood_is_described(tmp_path: Path) -> None:
    segments = np.zeros((1, 38, 100), np.float32)
    path = write_network(tmp_path / "a.onnx", segments, NAMES, more=np.zeros((1, 32, 16, 16), np.float32))
    with pytest.raises(DetectorUnavailable, match=r"a\.onnx: .*1x38x100, 1x32x16x16 and 2 classes is not"):
        found(path)
    with pytest.raises(DetectorUnavailable, match="1x10x100 and 2 classes is not understood"):
        found(write_network(tmp_path / "b.onnx", np.zeros((1, 10, 100), np.float32), NAMES))


def test_an_input_that_is_no_picture_is_described(tmp_path: Path) -> None:
    path = write_network(tmp_path / "a.onnx", yolov8(), NAMES, shape=(1, 1, 64, 64))
    with pytest.raises(DetectorUnavailable, match=r"its input is images tensor\(float\) \[1, 1, 64, 64\]"):
        found(path)


def test_a_damaged_file_is_named(tmp_path: Path) -> None:
    path = tmp_path / "a.onnx"
    path.write_bytes(b"not a network")
    with pytest.raises(DetectorUnavailable, match=r"a\.onnx: onnxruntime cannot read it"):
        found(path)


def test_a_closed_one_says_so(tmp_path: Path) -> None:
    detector = OnnxDetector(write_network(tmp_path / "a.onnx", yolov8(), NAMES), DetectConfig())
    with pytest.raises(DetectorFailed, match="not open"):
        detector.detect(WIDE)
