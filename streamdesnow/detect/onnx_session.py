"""onnxruntime for detectors: on the GPU where it works, else on the CPU."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any, Literal

from streamdesnow.engines.ort_session import CPU, CUDA, import_onnxruntime, new_session
from streamdesnow.errors import DetectorUnavailable, EngineUnavailable, ModelCorrupt

__all__ = ["open_session"]

_log = logging.getLogger(__name__)


def open_session(path: Path, device: Literal["auto", "cpu", "cuda"]) -> Any:
    """An onnxruntime.InferenceSession.

    Raises:
        DetectorUnavailable: onnxruntime or the device is missing, or the file is not a network.
    """
    try:
        available = import_onnxruntime(CPU).get_available_providers()
        if device == "cuda" or (device == "auto" and CUDA in available):
            try:
                return _session(path, CUDA)
            except EngineUnavailable as error:
                if device == "cuda":
                    raise
                _log.info("%s runs on the CPU: %s", path.name, error)
        return _session(path, CPU)
    except EngineUnavailable as error:
        raise DetectorUnavailable(f"{path}: {error}") from error
    except ModelCorrupt as error:
        raise DetectorUnavailable(str(error)) from error


def _session(path: Path, provider: str) -> Any:
    runtime = import_onnxruntime(provider)
    return new_session(runtime, path, [(provider, {}), *([(CPU, {})] if provider == CUDA else [])])
