"""One picture before and after cleaning, and what a detector finds in both."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np

from streamdesnow.comparison.subject import Shot
from streamdesnow.config.overlay import OverlayConfig
from streamdesnow.detect.detection import Box, Detection
from streamdesnow.detect.detector import Detector
from streamdesnow.detect.painter import Painter
from streamdesnow.frame import Image
from streamdesnow.sinks.compose import side_by_side

__all__ = ["View", "look"]

_WIDEST = 960
"""Pixels of one side: two of them fit on a wide screen, and films stay small enough for a page."""

Found = tuple[Detection, ...]


@dataclass(frozen=True, slots=True, eq=False)
class View:
    """A picture and what was found.

    Attributes:
        before, after: uint8 (H, W, 3) BGR, of one size.
        found_before, found_after: in their pixels.
        found_truth: in the picture without snow; None where there is none.
    """

    before: Image
    after: Image
    found_before: Found
    found_after: Found
    found_truth: Found | None

    @property
    def gain(self) -> int:
        """How many more boxes after cleaning."""
        return len(self.found_after) - len(self.found_before)

    def draw(self) -> Image:
        """Both sides with boxes and labels, before on the left, each 960 pixels wide at most."""
        return side_by_side(_painted(self.before, self.found_before), _painted(self.after, self.found_after))


def look(shot: Shot, clean: Callable[[Image], Image], detector: Detector) -> View:
    """Clean a picture, and look for things before and after.

    Raises:
        EngineFailed, DetectorFailed: one of the networks failed.
    """
    after = clean(shot.image)
    truth = None if shot.truth is None else detector.detect(shot.truth)
    return View(shot.image, after, detector.detect(shot.image), detector.detect(after), truth)


def _painted(image: Image, found: Sequence[Detection]) -> Image:
    scale = min(1.0, _WIDEST / image.shape[1])
    if scale < 1:
        size = (_WIDEST, max(1, round(image.shape[0] * scale)))
        image = np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), np.uint8)
        found = [replace(each, box=_scaled(each.box, scale)) for each in found]
    return Painter(OverlayConfig(colour="class")).paint(image, found)


def _scaled(box: Box, scale: float) -> Box:
    return Box(box.left * scale, box.top * scale, box.right * scale, box.bottom * scale)
