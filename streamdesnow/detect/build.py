"""From the pipeline file's `detect:` to the adapter that it asks for, in the detector's own process."""

from __future__ import annotations

import importlib.util
from pathlib import Path

from streamdesnow.config.detect import DetectConfig
from streamdesnow.detect.detector import Detector
from streamdesnow.detect.imageai import ImageAiDetector
from streamdesnow.detect.onnx import OnnxDetector
from streamdesnow.detect.weights import find_weights

__all__ = ["build_detector", "from_json"]

_ONNX, _IMAGEAI = (".onnx",), (".pt", ".pth")
_ENDINGS = {"onnx": _ONNX, "imageai": _IMAGEAI, "auto": _ONNX + _IMAGEAI}


def build_detector(config: DetectConfig) -> Detector:
    """The adapter for the weights that are found, not open yet, to run in this process.

    Raises:
        DetectorUnavailable: no weights, or of a kind that the backend does not read.
    """
    path = _most_likely_to_run(find_weights(config.model, _ENDINGS[config.backend]))
    return OnnxDetector(path, config) if path.suffix in _ONNX else ImageAiDetector(path, config)


def from_json(config: str) -> Detector:
    """`build_detector` for a config that came as JSON."""
    return build_detector(DetectConfig.model_validate_json(config))


def _most_likely_to_run(paths: list[Path]) -> Path:
    """The first whose package is installed; else the first of all, which then says what is missing."""
    package = {**dict.fromkeys(_ONNX, "onnxruntime"), **dict.fromkeys(_IMAGEAI, "imageai")}
    runnable = (path for path in paths if importlib.util.find_spec(package[path.suffix]))
    return next(runnable, paths[0])
