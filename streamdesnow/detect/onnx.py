"""Networks of the YOLO family, from ONNX files, on onnxruntime."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from streamdesnow.config.detect import DetectConfig
from streamdesnow.detect.coco import COCO
from streamdesnow.detect.detection import Box, Detection
from streamdesnow.detect.letterbox import letterbox
from streamdesnow.detect.onnx_session import open_session
from streamdesnow.detect.yolo_output import Layout, find_layout, read_output
from streamdesnow.errors import DetectorFailed, DetectorUnavailable
from streamdesnow.frame import Image

__all__ = ["FAMILY", "NAMES", "OnnxDetector"]

FAMILY = "streamdesnow.family"
"""Metadata key that `streamdesnow models import` writes: `yolov3`."""
NAMES = "names"
"""Metadata key for the classes, `{0: 'person', ...}`, as Ultralytics writes it."""

_SIDE = 640
_TYPES: dict[str, type[np.floating[Any]]] = {"tensor(float)": np.float32, "tensor(float16)": np.float16}


class OnnxDetector:
    """One ONNX file; see `Detector`. Class names come from the file's metadata, from a `.names` file beside
    it (one a line), or are COCO's where it knows 80 classes.

    Args:
        path: the file.
        config: confidence, overlap, score, device.
    """

    def __init__(self, path: Path, config: DetectConfig) -> None:
        self._path = path
        self._config = config
        self._session: Any = None
        self._input = ""
        self._type: type[np.floating[Any]] = np.float32
        self._size = (_SIDE, _SIDE)
        self._yolov3 = False
        self._layout: Layout | None = None
        self._labels: tuple[str, ...] = ()

    @property
    def labels(self) -> tuple[str, ...]:
        """Names of the classes, by number."""
        return self._labels

    def open(self) -> None:
        """Load the network and try it on a grey picture; see `Detector.open`."""
        self._session = open_session(self._path, self._config.device)
        metadata: dict[str, str] = self._session.get_modelmeta().custom_metadata_map
        self._yolov3 = metadata.get(FAMILY) == "yolov3"
        self._read_input(metadata)
        names = self._names(metadata)
        try:
            grey = np.full((self._size[1], self._size[0], 3), 128, np.uint8)
            shapes = [tuple(output.shape) for output in self._run(grey)]
            self._layout = find_layout(shapes, len(names) or None, yolov3=self._yolov3)
        except (ValueError, DetectorFailed) as error:
            raise DetectorUnavailable(f"{self._path}: {error}") from error
        self._labels = names or _unnamed(self._layout.classes)

    def detect(self, image: Image) -> tuple[Detection, ...]:
        """What is in a picture; see `Detector.detect`."""
        if self._layout is None:
            raise DetectorFailed(f"{self._path.name}: the detector is not open")
        canvas, fit = letterbox(image, *self._size, "yolov3" if self._yolov3 else "ultralytics")
        found = read_output(
            self._run(canvas)[0],
            self._layout,
            confidence=self._config.confidence,
            overlap=self._config.overlap,
            score=self._config.score,
        )
        corners = fit.to_picture(found.corners).tolist()
        return tuple(
            Detection(self._label(number), number, confidence, Box(*corners[row]))
            for row in np.argsort(-found.confidence, kind="stable").tolist()
            for number, confidence in [(int(found.classes[row]), float(found.confidence[row]))]
        )

    def close(self) -> None:
        """Free the network."""
        self._session = self._layout = None

    def _run(self, canvas: Image) -> list[NDArray[np.float32]]:
        pixels = (canvas[..., ::-1].transpose(2, 0, 1)[None].astype(np.float32) / 255).astype(self._type)
        try:
            outputs: list[NDArray[np.float32]] = self._session.run(None, {self._input: pixels})
        except Exception as error:
            raise DetectorFailed(f"{self._path.name}: onnxruntime failed: {error}") from error
        return outputs

    def _read_input(self, metadata: dict[str, str]) -> None:
        inputs = self._session.get_inputs()
        shape = inputs[0].shape
        if len(inputs) != 1 or len(shape) != 4 or shape[1] != 3 or inputs[0].type not in _TYPES:
            found = "; ".join(f"{each.name} {each.type} {each.shape}" for each in inputs)
            raise DetectorUnavailable(
                f"{self._path}: its input is {found}; expected one picture of floats, [1, 3, height, width]"
            )
        self._input, self._type = inputs[0].name, _TYPES[inputs[0].type]
        height, width = (side if isinstance(side, int) else None for side in shape[2:])
        sides = _literal(metadata.get("imgsz", ""))
        usual = sides if isinstance(sides, list | tuple) and len(sides) == 2 else (_SIDE, _SIDE)
        self._size = (width or int(usual[1]), height or int(usual[0]))

    def _names(self, metadata: dict[str, str]) -> tuple[str, ...]:
        names = _literal(metadata.get(NAMES, ""))
        if isinstance(names, dict):
            names = [name for _, name in sorted((int(number), name) for number, name in names.items())]
        if isinstance(names, list | tuple) and names:
            return tuple(map(str, names))
        beside = self._path.with_suffix(".names")
        if not beside.is_file():
            return ()
        lines = beside.read_text(encoding="utf-8").splitlines()
        return tuple(line.strip() for line in lines if line.strip())

    def _label(self, number: int) -> str:
        return self._labels[number] if number < len(self._labels) else f"class {number}"


def _literal(text: str) -> object:
    try:
        value: object = ast.literal_eval(text)
    except (ValueError, SyntaxError):
        return None
    return value


def _unnamed(classes: int) -> tuple[str, ...]:
    if classes == len(COCO):
        return COCO
    return tuple(f"class {number}" for number in range(classes))
