"""The seam between restoration and whatever library runs the network."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from streamdesnow.frame import Image

__all__ = ["Engine", "EngineInfo", "State"]


@dataclass(frozen=True, slots=True)
class EngineInfo:
    """What runs the network, for logs and summaries.

    Attributes:
        backend: `tensorrt`, `tensorrt-rtx`, `onnxruntime`, `openvino`, `torch`.
        device: provider or device in that library's own words, for example `CUDAExecutionProvider`, `CPU`;
            with TensorRT the name of the GPU.
        precision: `fp32`, `fp16`, `bf16`, `int8`.
        version: version of the library.
    """

    backend: str
    device: str
    precision: str
    version: str

    def __str__(self) -> str:
        return f"{self.backend} {self.version} on {self.device} ({self.precision})"


class State(Protocol):
    """One camera's memory for one frame size. Opaque: an engine may keep it on its device."""

    @property
    def size(self) -> tuple[int, int]:
        """(width, height) of the frames that this memory belongs to."""
        ...


class Engine(Protocol):
    """Runs one model folder. Constructed from it, then open, infer ..., close."""

    @property
    def info(self) -> EngineInfo:
        """Valid after `open`."""
        ...

    def open(self) -> None:
        """Load the network.

        Raises:
            EngineUnavailable: library, provider or device missing; says what to install.
            ModelCorrupt: the library cannot read `model.onnx`.
        """
        ...

    def zero_state(self, width: int, height: int) -> State:
        """A memory that remembers nothing, for frames of this size (multiples of the model's side multiple).

        Still models have an empty one.
        """
        ...

    def infer(self, images: Sequence[Image], states: Sequence[State]) -> list[Image]:
        """Clean one frame each of one or more cameras in one call; `states` are updated in place.

        Args:
            images: uint8 (H, W, 3) BGR, all of one size, sides multiples of the model's.
            states: one per image, in the same order.

        Returns:
            uint8 (H, W, 3) BGR, same order.

        Raises:
            EngineFailed: the library failed on this input.
            EngineUnavailable, ModelCorrupt: it cannot get ready for frames of a size that is new to it.
        """
        ...

    def close(self) -> None:
        """Free the network and its memory. May be called twice."""
        ...
