"""onnxruntime for detectors: on the GPU where it works, else on the CPU."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any, Literal

from streamdesnow.errors import DetectorUnavailable

__all__ = ["open_session"]

_log = logging.getLogger(__name__)
_PROVIDERS = {"cpu": "CPUExecutionProvider", "cuda": "CUDAExecutionProvider"}


def open_session(path: Path, device: Literal["auto", "cpu", "cuda"]) -> Any:
    """An onnxruntime.InferenceSession.

    Raises:
        DetectorUnavailable: onnxruntime or the device is missing, or the file is not a network.
    """
    try:
        import onnxruntime
    except ImportError as error:
        raise DetectorUnavailable(
            f'{path}: onnxruntime is not installed ({error}): pip install "streamdesnow[cpu]"'
        ) from error
    if device == "auto":
        device = "cuda" if _PROVIDERS["cuda"] in onnxruntime.get_available_providers() else "cpu"
        try:
            return _session(onnxruntime, path, device)
        except DetectorUnavailable as error:
            if device == "cpu":
                raise
            _log.info("%s runs on the CPU: %s", path.name, error)
            return _session(onnxruntime, path, "cpu")
    return _session(onnxruntime, path, device)


def _session(runtime: Any, path: Path, device: Literal["cpu", "cuda"]) -> Any:
    provider = _PROVIDERS[device]
    if provider not in runtime.get_available_providers():
        raise DetectorUnavailable(
            f"onnxruntime {runtime.__version__} was built without {provider}: "
            'pip install "streamdesnow[gpu]" in an environment without the cpu extra'
        )
    if device == "cuda" and hasattr(runtime, "preload_dlls"):
        runtime.preload_dlls()  # finds CUDA and cuDNN in their own wheels
    options = runtime.SessionOptions()
    options.log_severity_level = 4
    # Threads that spin between frames take the cores from decoder and encoder.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    chosen = [provider, *([_PROVIDERS["cpu"]] if device == "cuda" else [])]
    try:
        session = runtime.InferenceSession(str(path), options, providers=chosen)
    except Exception as error:
        raise DetectorUnavailable(f"{path}: onnxruntime cannot read it: {error}") from error
    # onnxruntime goes on without a provider that it cannot load, and only prints so.
    if session.get_providers()[0] != provider:
        raise DetectorUnavailable(f"onnxruntime cannot load {provider}: CUDA libraries missing")
    return session
