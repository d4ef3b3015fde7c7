"""Finds people and vehicles in photographs with a detector, for `labels/` beside them."""

from __future__ import annotations

from collections.abc import Collection, Iterator

import numpy as np

from streamdesnow.detect.coco import COCO
from streamdesnow.detect.detection import Box, Detection
from streamdesnow.detect.detector import Detector
from streamdesnow.frame import Image
from streamdesnow.lab.data.labels import Label

__all__ = ["coco_name", "find_things"]

_NAMES = {
    "motorcycle": "motorbike",
    "airplane": "aeroplane",
    "couch": "sofa",
    "potted plant": "pottedplant",
    "dining table": "diningtable",
    "tv": "tvmonitor",
}
"""Of COCO itself, and what darknet and `COCO` call them."""

_SAME = 0.5
"""Two boxes of one class of which one lies by so much in the other show the same thing; of two classes, those
that share so much of what both cover."""
_EDGE = 2.0
"""So near to the edge of a part, in pixels, a thing may be cut off."""


def coco_name(name: str) -> str:
    """A class as `COCO` calls it."""
    return _NAMES.get(name, name)


def find_things(photo: Image, detector: Detector, classes: Collection[str] = COCO) -> list[Label]:
    """What a detector sees in the whole picture and, for what is small, in nine overlapping quarters of it.

    Args:
        photo: uint8 (H, W, 3) BGR.
        detector: open.
        classes: what counts, by the names of `COCO`.

    Returns:
        Largest confidence first; of what is seen twice, the surer.
    """
    height, width = photo.shape[:2]
    found: list[Detection] = []
    for left, top, right, bottom in _parts(width, height):
        part = np.ascontiguousarray(photo[top:bottom, left:right])
        for thing in detector.detect(part):
            box = thing.box
            cut = (
                (left > 0 and box.left < _EDGE)
                or (top > 0 and box.top < _EDGE)
                or (right < width and box.right > right - left - _EDGE)
                or (bottom < height and box.bottom > bottom - top - _EDGE)
            )
            name = coco_name(thing.label)
            if name in classes and name in COCO and not cut:
                where = Box(box.left + left, box.top + top, box.right + left, box.bottom + top)
                found.append(Detection(name, COCO.index(name), thing.confidence, where))
    found.sort(key=lambda thing: -thing.confidence)
    kept: list[Detection] = []
    for thing in found:
        if thing.box.area > 0 and not any(_same(thing, other) for other in kept):
            kept.append(thing)
    return [_label(thing, width, height) for thing in kept]


def _parts(width: int, height: int) -> Iterator[tuple[int, int, int, int]]:
    """Left, top, right, bottom: the whole, and quarters that begin every quarter of the way."""
    yield 0, 0, width, height
    wide, high = max(width // 2, 1), max(height // 2, 1)
    for top in (0, height // 4, height - high):
        for left in (0, width // 4, width - wide):
            yield left, top, left + wide, top + high


def _same(one: Detection, other: Detection) -> bool:
    shared = _shared if one.label == other.label else Box.overlap
    return shared(one.box, other.box) >= _SAME


def _shared(one: Box, other: Box) -> float:
    """What both cover, as a share of the smaller."""
    width = min(one.right, other.right) - max(one.left, other.left)
    height = min(one.bottom, other.bottom) - max(one.top, other.top)
    return max(0.0, width) * max(0.0, height) / min(one.area, other.area)


def _label(thing: Detection, width: int, height: int) -> Label:
    box = thing.box
    left, right = (float(np.clip(n / width, 0, 1)) for n in (box.left, box.right))
    top, bottom = (float(np.clip(n / height, 0, 1)) for n in (box.top, box.bottom))
    return Label(thing.class_id, (left + right) / 2, (top + bottom) / 2, right - left, bottom - top)
