"""Takes falling snow out of surveillance video, in real time.

from streamdesnow import Desnower

with Desnower("fixed-camera") as desnower:
    gate = desnower.stream("gate")
    clean = gate(frame)                 # uint8 (H, W, 3) BGR, one call a frame
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

from streamdesnow.errors import StreamDesnowError

if TYPE_CHECKING:
    from streamdesnow.config.engine import EngineConfig
    from streamdesnow.config.load import load_pipeline
    from streamdesnow.config.pipeline import PipelineConfig
    from streamdesnow.files.clean import clean_file
    from streamdesnow.files.report import CleanReport
    from streamdesnow.frame import Frame, Image
    from streamdesnow.models.find import find_model, list_models
    from streamdesnow.pipeline.supervisor import Pipeline
    from streamdesnow.restore.desnower import Desnower
    from streamdesnow.restore.stream import Stream

__version__ = "0.1.0"
__all__ = [
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

_HOMES = {
    "CleanReport": "streamdesnow.files.report",
    "Desnower": "streamdesnow.restore.desnower",
    "EngineConfig": "streamdesnow.config.engine",
    "Frame": "streamdesnow.frame",
    "Image": "streamdesnow.frame",
    "Pipeline": "streamdesnow.pipeline.supervisor",
    "PipelineConfig": "streamdesnow.config.pipeline",
    "Stream": "streamdesnow.restore.stream",
    "clean_file": "streamdesnow.files.clean",
    "find_model": "streamdesnow.models.find",
    "list_models": "streamdesnow.models.find",
    "load_pipeline": "streamdesnow.config.load",
}


def __getattr__(name: str) -> object:
    # Loaded when asked for: `streamdesnow --help` and capture processes start without OpenCV and pydantic.
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted(__all__)
