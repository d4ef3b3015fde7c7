"""ImageAI's ObjectDetection: YOLOv3, TinyYOLOv3 and RetinaNet.

Runs in a process of its own only (`ProcessDetector`), because of how the package behaves: it imports tkinter,
which servers do not have, it prints, and for RetinaNet it writes each picture into its own folder.
"""

from __future__ import annotations

import importlib
import importlib.util
import sys
import tempfile
import types
from pathlib import Path
from typing import Any

import cv2

from streamdesnow.config.detect import DetectConfig
from streamdesnow.detect.detection import Box, Detection
from streamdesnow.errors import DetectorFailed, DetectorUnavailable
from streamdesnow.frame import Image

__all__ = ["ImageAiDetector"]

_INSTALL = "pip install 'streamdesnow[detect]'"
# ImageAI has no setters for these.
_OBJECTNESS, _OVERLAP, _CLASSES, _ANCHORS = (
    f"_ObjectDetection__{name}"
    for name in ("objectness_score", "nms_score", "classes", "anchors_tiny_yolov3")
)
# For TinyYOLOv3's fine grid ImageAI takes the first three of its six anchors; the weights were trained with
# the second to the fourth (github.com/pjreddie/darknet/issues/851), and small things would get boxes of about
# half their size. Six anchors of which the first three are the right ones:
_TINY_ANCHORS = [23, 27, 37, 58, 81, 82, 81, 82, 135, 169, 344, 319]
# A tensor that each kind of network has and the others have not, and what is to be called to load it.
_KINDS = {
    "backbone.body.conv1.weight": "setModelTypeAsRetinaNet",
    "conv75.conv.weight": "setModelTypeAsYOLOv3",
    "conv13.conv.weight": "setModelTypeAsTinyYOLOv3",
}


class ImageAiDetector:
    """One weights file as ImageAI loads it; see `Detector`. The kind of network is read from the file.

    Args:
        path: `.pt` or `.pth`.
        config: confidence, overlap, score, device.
    """

    def __init__(self, path: Path, config: DetectConfig) -> None:
        self._path = path
        self._config = config
        self._imageai: Any = None
        self._labels: tuple[str, ...] = ()
        self._retinanet = False
        self._scratch: Path | None = None

    @property
    def labels(self) -> tuple[str, ...]:
        """Names of the classes, by number."""
        return self._labels

    def open(self) -> None:
        """Import ImageAI and load the weights; see `Detector.open`."""
        module = _import_imageai(self._path.name)
        kind = self._kind()
        self._retinanet = kind == _KINDS["backbone.body.conv1.weight"]
        found = module.ObjectDetection()
        _check_release(found, module)
        setattr(found, _ANCHORS, _TINY_ANCHORS)
        getattr(found, kind)()
        self._choose_device(found)
        try:
            found.setModelPath(str(self._path))
            found.loadModel()
        except (RuntimeError, ValueError) as error:
            raise DetectorUnavailable(
                f"{self._path}: ImageAI cannot load it ({error}). It reads weights of YOLOv3 and TinyYOLOv3 "
                "for the 80 classes of COCO, and of RetinaNet; others: streamdesnow models import"
            ) from error
        self._set_thresholds(found, module)
        self._labels = tuple(getattr(found, _CLASSES))
        self._imageai = found

    def detect(self, image: Image) -> tuple[Detection, ...]:
        """What is in a picture; see `Detector.detect`."""
        if self._imageai is None:
            raise DetectorFailed(f"{self._path.name}: the detector is not open")
        try:
            found = self._imageai.detectObjectsFromImage(
                input_image=self._written(image) if self._retinanet else image,
                minimum_percentage_probability=self._config.confidence * 100,
            )
        except Exception as error:
            raise DetectorFailed(
                f"{self._path.name}: ImageAI failed: {type(error).__name__}: {error}"
            ) from error
        detections = (self._detection(each) for each in found)
        return tuple(sorted(detections, key=lambda each: -each.confidence))

    def close(self) -> None:
        """Free the network."""
        self._imageai = None

    def _detection(self, found: dict[str, Any]) -> Detection:
        left, top, right, bottom = map(float, found["box_points"])
        label, percent = str(found["name"]), float(found["percentage_probability"])
        confidence = round(percent / 100, 4)
        return Detection(label, self._labels.index(label), confidence, Box(left, top, right, bottom))

    def _kind(self) -> str:
        import torch

        try:
            names = torch.load(self._path, map_location="cpu", weights_only=True, mmap=True).keys()
        except Exception as error:
            raise DetectorUnavailable(
                f"{self._path}: not weights that torch can read ({type(error).__name__}); the download may "
                "be incomplete"
            ) from error
        for tensor, setter in _KINDS.items():
            if tensor in names:
                return setter
        raise DetectorUnavailable(
            f"{self._path}: not weights of YOLOv3, TinyYOLOv3 or RetinaNet as ImageAI names them"
        )

    def _choose_device(self, found: Any) -> None:
        import torch

        if self._config.device == "cuda" and not torch.cuda.is_available():
            raise DetectorUnavailable(f"torch {torch.__version__} finds no GPU for detect.device: cuda")
        if self._config.device == "cpu":
            found.useCPU()

    def _set_thresholds(self, found: Any, module: Any) -> None:
        setattr(found, _OVERLAP, self._config.overlap)
        product = self._config.score == "product"
        if self._retinanet or product:
            setattr(found, _OBJECTNESS, self._config.confidence)
        if product:
            module.get_predictions = _multiplied(module.get_predictions)

    def _written(self, image: Image) -> str:
        """The picture as a file, without loss: from an array ImageAI makes a JPEG among its own code."""
        if self._scratch is None:
            self._scratch = Path(tempfile.mkdtemp()) / "frame.png"
        if not cv2.imwrite(str(self._scratch), image, [cv2.IMWRITE_PNG_COMPRESSION, 1]):
            raise DetectorFailed(f"{self._scratch} cannot be written")
        return str(self._scratch)


def _check_release(found: Any, module: Any) -> None:
    names = (_OBJECTNESS, _OVERLAP, _CLASSES, _ANCHORS)
    if not hasattr(module, "get_predictions") or not all(hasattr(found, name) for name in names):
        raise DetectorUnavailable("this release of ImageAI is not known: pip install 'imageai==3.0.3'")


def _multiplied(get_predictions: Any) -> Any:
    """ImageAI's reading of YOLOv3's output, with confidence as the product of objectness and class."""

    def read(*args: Any, **kwargs: Any) -> Any:
        found = get_predictions(*args, **kwargs)
        if found is not None:
            # Rows of picture, left, top, right, bottom, objectness, class confidence, class.
            found[:, 6] *= found[:, 5]
        return found

    return read


def _import_imageai(name: str) -> Any:
    missing = [each for each in ("imageai", "torch", "torchvision") if importlib.util.find_spec(each) is None]
    if missing:
        raise DetectorUnavailable(
            f"{name}: needs ImageAI, and of that {', '.join(missing)} is not installed: {_INSTALL}\n"
            f"(without torch it runs on onnxruntime, after: streamdesnow models import {name})"
        )
    # It takes a name from tkinter that it never uses.
    stand_in = types.ModuleType("tkinter")
    stand_in.__dict__["Image"] = object
    sys.modules["tkinter"] = stand_in
    try:
        module = importlib.import_module("imageai.Detection")
    except Exception as error:
        raise DetectorUnavailable(
            f"ImageAI cannot be imported ({type(error).__name__}: {error}). torch and torchvision have to be "
            f"of one build; in a fresh environment: {_INSTALL}"
        ) from error
    return module
