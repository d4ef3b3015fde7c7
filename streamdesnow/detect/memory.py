"""A detector of plain Python, for tests of whatever sits on top of the seam."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from streamdesnow.detect.detection import Detection
from streamdesnow.errors import DetectorFailed
from streamdesnow.frame import Image

__all__ = ["MemoryDetector"]


class MemoryDetector:
    """Says what a function of the picture says; keeps every picture that it was shown.

    Args:
        find: what is in a picture; may raise DetectorFailed. Default: nothing ever.
        labels: names of the classes.

    Attributes:
        seen: the pictures, in order.
        opened: True between `open` and `close`.
    """

    def __init__(
        self, find: Callable[[Image], Iterable[Detection]] = lambda _: (), labels: Sequence[str] = ("person",)
    ) -> None:
        self.seen: list[Image] = []
        self.opened = False
        self._find = find
        self._labels = tuple(labels)

    @property
    def labels(self) -> tuple[str, ...]:
        """Names of the classes."""
        return self._labels

    def open(self) -> None:
        """Nothing to load."""
        self.opened = True

    def detect(self, image: Image) -> tuple[Detection, ...]:
        """What the function says, surest first; see `Detector.detect`."""
        if not self.opened:
            raise DetectorFailed("the detector is not open")
        self.seen.append(image)
        return tuple(sorted(self._find(image), key=lambda each: -each.confidence))

    def close(self) -> None:
        """Nothing to free."""
        self.opened = False
