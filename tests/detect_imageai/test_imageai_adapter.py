"""The real ImageAI in its own process: weights, thresholds, errors, and what it leaves behind."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
import torch

from streamdesnow.config.detect import DetectConfig
from streamdesnow.detect.detector import Detector
from streamdesnow.detect.open_detector import open_detector
from streamdesnow.detect.weights import DETECTORS_VARIABLE
from streamdesnow.errors import DetectorUnavailable

# Importing torch and loading weights may take minutes on a busy machine.
pytestmark = pytest.mark.timeout(600)

# Wide and low: RetinaNet scales pictures up until one side is long enough.
PICTURE = np.full((48, 640, 3), 90, np.uint8)


@contextmanager
def opened(**config: object) -> Iterator[Detector]:
    detector = open_detector(DetectConfig.model_validate({"backend": "imageai", "device": "cpu", **config}))
    try:
        yield detector
    finally:
        detector.close()


@pytest.fixture(scope="module")
def retinanet(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Weights of no meaning that take everything for a car."""
    from torchvision.models.detection import retinanet_resnet50_fpn

    torch.manual_seed(0)
    net = retinanet_resnet50_fpn(weights=None, weights_backbone=None, num_classes=91)
    bias = net.head.classification_head.cls_logits.bias
    with torch.no_grad():
        bias.view(-1, 91)[:, 3] = 2.0
    path = tmp_path_factory.mktemp("weights") / "retinanet.pth"
    torch.save(net.state_dict(), path)
    return path


def test_retinanet_runs_by_its_path_and_leaves_no_file_behind(retinanet: Path) -> None:
    spec = importlib.util.find_spec("imageai")
    assert spec is not None
    assert spec.origin is not None
    package = Path(spec.origin).parent / "Detection"
    with opened(model=str(retinanet), classes=["car"], confidence=0.6, timeout="5min") as detector:
        before = sorted(package.rglob("*"))
        found = detector.detect(PICTURE)
        assert sorted(package.rglob("*")) == before
    assert found
    assert {each.label for each in found} == {"car"}
    assert all(each.confidence >= 0.6 and each.box.right <= 640 and each.box.bottom <= 48 for each in found)


def test_tiny_yolov3_loads_as_it_is_and_reports_what_it_is_sure_of(
    shared_data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(DETECTORS_VARIABLE, str(shared_data / "weights"))
    with opened(model="tiny-yolov3") as detector:
        assert len(detector.labels) == 80
        assert detector.detect(PICTURE) == ()


def test_weights_of_another_kind_are_named(tmp_path: Path) -> None:
    torch.save({"layer1.weight": torch.zeros(3)}, tmp_path / "a.pt")
    with (
        pytest.raises(DetectorUnavailable, match=r"a\.pt: not weights of YOLOv3, TinyYOLOv3 or RetinaNet"),
        opened(model=str(tmp_path / "a.pt")),
    ):
        pass
    (tmp_path / "b.pt").write_bytes(b"half a download")
    with (
        pytest.raises(DetectorUnavailable, match=r"b\.pt: not weights that torch can read"),
        opened(model=str(tmp_path / "b.pt")),
    ):
        pass


def test_a_gpu_that_is_not_there_is_missed(retinanet: Path) -> None:
    if torch.cuda.is_available():
        pytest.skip("there is a GPU")
    with (
        pytest.raises(DetectorUnavailable, match=r"finds no GPU for detect\.device: cuda"),
        opened(model=str(retinanet), device="cuda"),
    ):
        pass
