"""From the pipeline file's `detect:` to a detector that runs: weights, backends, classes."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import numpy as np
import pytest
from onnx_files import write_network

from streamdesnow.config.detect import DetectConfig
from streamdesnow.detect.open_detector import open_detector
from streamdesnow.detect.weights import DETECTORS_VARIABLE, find_weights, own_folder
from streamdesnow.errors import ConfigError, DetectorUnavailable

ENDINGS = (".onnx", ".pt", ".pth")


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.delenv(DETECTORS_VARIABLE, raising=False)
    own_folder().mkdir(parents=True)
    return own_folder()


def network(path: Path) -> Path:
    rows = np.zeros((1, 20, 7), np.float32)
    rows[0, 3] = (32, 32, 8, 16, 1.0, 0.9, 0.1)
    rows[0, 9] = (10, 10, 4, 4, 1.0, 0.1, 0.8)
    return write_network(path, rows, {"names": "{0: 'person', 1: 'car'}"})


def test_a_named_network_runs_in_a_process_of_its_own_and_reports_the_classes_asked_for(home: Path) -> None:
    network(home / "mine.onnx")
    detector = open_detector(DetectConfig(model="mine", classes=("car",), device="cpu"))
    try:
        assert detector.labels == ("person", "car")
        assert [each.label for each in detector.detect(np.zeros((64, 64, 3), np.uint8))] == ["car"]
    finally:
        detector.close()


def test_an_unknown_class_is_answered_with_the_nearest(home: Path) -> None:
    network(home / "mine.onnx")
    with pytest.raises(
        ConfigError, match=r"detect\.classes: the model knows no 'persn'; did you mean 'person'"
    ):
        open_detector(DetectConfig(model="mine", classes=("persn", "car"), device="cpu"))


def test_missing_weights_say_where_they_were_looked_for_and_where_they_can_be_had(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(DETECTORS_VARIABLE, "/somewhere/else")
    with pytest.raises(DetectorUnavailable) as caught:
        find_weights("tiny-yolov3", ENDINGS)
    assert str(caught.value) == (
        "no detector 'tiny-yolov3': looked for tiny-yolov3.onnx, tiny-yolov3.pt, tiny-yolov3.pth in\n"
        f"  /somewhere/else\n  {home}\n"
        "Download https://github.com/OlafenwaMoses/ImageAI/releases/download/3.0.0-pretrained/tiny-yolov3.pt\n"
        "and run: streamdesnow models import tiny-yolov3.pt\n"
        "(or, for ImageAI: put it there as it is)"
    )
    with pytest.raises(
        DetectorUnavailable, match=r"retinanet_resnet50_fpn_coco-eeacb38b\.pth and put it there"
    ):
        find_weights("retinanet", ENDINGS)
    with pytest.raises(DetectorUnavailable, match="Give a weights file's path, or put one there"):
        find_weights("my-yolo", ENDINGS)


def test_names_are_looked_for_in_the_variables_folders_first(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (home / "a.onnx").touch()
    (tmp_path / "a.onnx").touch()
    monkeypatch.setenv(DETECTORS_VARIABLE, str(tmp_path))
    assert find_weights("a", ENDINGS) == [tmp_path / "a.onnx", home / "a.onnx"]


def test_paths_are_taken_as_they_are(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.pt").touch()
    monkeypatch.chdir(tmp_path)
    assert find_weights("a.pt", ENDINGS) == [Path("a.pt")]
    with pytest.raises(DetectorUnavailable, match=rf"b\.onnx: there is no such file \(looked for {tmp_path}"):
        find_weights("b.onnx", ENDINGS)
    with pytest.raises(DetectorUnavailable, match="is a folder"):
        find_weights(f"{tmp_path}/", ENDINGS)


def test_weights_of_another_kind_are_told_apart(tmp_path: Path) -> None:
    for name in ("a.weights", "a.pt", "a.onnx"):
        (tmp_path / name).touch()
    with pytest.raises(
        DetectorUnavailable, match=r"convert it with: streamdesnow models import .*a\.weights"
    ):
        find_weights(str(tmp_path / "a.weights"), ENDINGS)
    with pytest.raises(DetectorUnavailable, match=r"convert it with: streamdesnow models import .*a\.pt"):
        find_weights(str(tmp_path / "a.pt"), (".onnx",))
    with pytest.raises(DetectorUnavailable, match=r"with `backend: onnx`"):
        find_weights(str(tmp_path / "a.onnx"), (".pt", ".pth"))


def test_without_imageai_the_error_says_what_to_install(home: Path) -> None:
    if importlib.util.find_spec("imageai"):
        pytest.skip("ImageAI is installed")
    (home / "tiny-yolov3.pt").touch()
    with pytest.raises(DetectorUnavailable) as caught:
        open_detector(DetectConfig(model="tiny-yolov3"))
    assert "pip install 'streamdesnow[detect]'" in str(caught.value)
    assert "streamdesnow models import" in str(caught.value)
