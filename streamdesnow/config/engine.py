"""`engine:` what runs the network."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from streamdesnow.config.base import Section
from streamdesnow.config.units import HomePath

__all__ = ["EngineConfig"]


class EngineConfig(Section):
    """The library, device and precision that networks run with."""

    backend: Literal["auto", "tensorrt", "onnxruntime", "openvino", "torch"] = "auto"
    """`auto`: the fastest that this machine can run; the log says which and why. `tensorrt` is TensorRT or
    TensorRT for RTX, whichever is installed."""
    precision: Literal["auto", "fp32", "fp16", "bf16", "int8"] = "auto"
    """`auto`: what the device is fastest at without visible loss; `int8` needs a model that was quantised."""
    require: Literal["cpu", "cuda", "tensorrt"] | None = None
    """Fail instead of falling back when this device or provider cannot be used."""
    device: int = Field(default=0, ge=0)
    """Which GPU, where there are several."""
    threads: int | None = Field(default=None, ge=1)
    """CPU threads for the network. Default: all cores."""
    tile: Literal["auto", "off"] | Annotated[int, Field(ge=64)] = "auto"
    """Side in pixels of the tiles that large frames are cut into; `auto`: only when memory is short."""
    cache: HomePath | None = None
    """Where engines built for this machine are kept. Default: the user's cache folder."""
