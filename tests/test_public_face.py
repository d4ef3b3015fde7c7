"""What `import streamdesnow` offers, and what it costs."""

from __future__ import annotations

import subprocess
import sys

import pytest

import streamdesnow


def test_the_public_names_are_pinned() -> None:
    assert streamdesnow.__all__ == [
        "CleanReport",
        "Desnower",
        "EngineConfig",
        "Frame",
        "Image",
        "Pipeline",
        "PipelineConfig",
        "Stream",
        "StreamDesnowError",
        "__version__",
        "clean_file",
        "find_model",
        "list_models",
        "load_pipeline",
    ]


def test_every_public_name_is_there() -> None:
    for name in streamdesnow.__all__:
        assert getattr(streamdesnow, name) is not None
        assert name in dir(streamdesnow)


def test_other_names_are_not_there() -> None:
    with pytest.raises(AttributeError, match="no_such_name"):
        _ = streamdesnow.no_such_name


@pytest.mark.parametrize(
    ("statement", "heavy"),
    [
        ("import streamdesnow", "numpy cv2 av pydantic torch onnxruntime openvino"),
        ("from streamdesnow import Desnower, clean_file", "torch onnxruntime openvino"),
        ("from streamdesnow.engines import open_engine", "torch onnxruntime openvino"),
    ],
)
def test_heavy_libraries_wait_until_they_are_needed(statement: str, heavy: str) -> None:
    program = f"import sys; {statement}; print(*[name for name in {heavy.split()} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []
