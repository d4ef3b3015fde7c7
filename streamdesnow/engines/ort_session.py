"""Opening a network on onnxruntime, whatever it is for."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from streamdesnow.errors import EngineUnavailable, ModelCorrupt

__all__ = ["CPU", "CUDA", "import_onnxruntime", "new_session"]

CPU, CUDA = "CPUExecutionProvider", "CUDAExecutionProvider"
"""Execution providers, as onnxruntime names them."""


def import_onnxruntime(provider: str) -> Any:
    """The module onnxruntime, if it was built with that execution provider.

    Raises:
        EngineUnavailable: it is not installed, or was built without; the message says what to install.
    """
    install = f'pip install "streamdesnow[{"cpu" if provider == CPU else "gpu"}]"'
    try:
        import onnxruntime
    except ImportError as error:
        raise EngineUnavailable(f"onnxruntime is not installed ({error}): {install}") from error
    if provider not in onnxruntime.get_available_providers():
        raise EngineUnavailable(
            f"onnxruntime {onnxruntime.__version__} was built without {provider}: {install} "
            "in an environment without the cpu extra"
        )
    if provider != CPU and hasattr(onnxruntime, "preload_dlls"):
        onnxruntime.preload_dlls()  # finds CUDA and cuDNN in their own wheels
    return onnxruntime


def new_session(
    runtime: Any, network: Path, providers: Sequence[tuple[str, dict[str, Any]]], threads: int | None = None
) -> Any:
    """An onnxruntime.InferenceSession whose first provider really works.

    Args:
        runtime: as `import_onnxruntime` gave it.
        network: the ONNX file.
        providers: names and options, best first.
        threads: on a CPU; None lets onnxruntime choose.

    Raises:
        ModelCorrupt: the CPU cannot read the file.
        EngineUnavailable: the first provider cannot be used.
    """
    first = providers[0][0]
    options = runtime.SessionOptions()
    options.log_severity_level = 4
    # Threads that spin between frames take the cores from decoder and encoder.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    if threads is not None:
        options.intra_op_num_threads = threads
    try:
        session = runtime.InferenceSession(str(network), options, providers=list(providers))
    except Exception as error:
        if first == CPU:
            raise ModelCorrupt(f"{network}: onnxruntime cannot read it: {error}") from error
        raise EngineUnavailable(f"onnxruntime cannot use {first}: {error}") from error
    # onnxruntime goes on without a provider that it cannot load, and only prints so.
    if session.get_providers()[0] != first:
        raise EngineUnavailable(f"onnxruntime cannot load {first}: CUDA or TensorRT libraries missing")
    return session
