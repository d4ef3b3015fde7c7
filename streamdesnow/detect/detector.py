"""The seam to detectors."""

from __future__ import annotations

from typing import Protocol

from streamdesnow.detect.detection import Detection
from streamdesnow.frame import Image

__all__ = ["Detector"]


class Detector(Protocol):
    """Finds things in one picture at a time. `open()`, any number of `detect`, `close()`; one thread."""

    @property
    def labels(self) -> tuple[str, ...]:
        """Names of the classes, by number; known once it is open."""
        ...

    def open(self) -> None:
        """Load the network.

        Raises:
            DetectorUnavailable: its package is not installed, or its weights are missing or of another kind;
                the message says what to install or where the file goes.
        """
        ...

    def detect(self, image: Image) -> tuple[Detection, ...]:
        """What is in a picture, surest first.

        Args:
            image: uint8 (H, W, 3) BGR, any size; it is not changed.

        Raises:
            DetectorFailed: the network failed on it.
        """
        ...

    def close(self) -> None:
        """Free what it holds; may be called twice."""
        ...
