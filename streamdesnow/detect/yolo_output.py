"""What the numbers mean that networks of the YOLO family put out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray

__all__ = ["Candidates", "Layout", "find_layout", "read_output"]

Array = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Layout:
    """How a network's output is arranged.

    Attributes:
        kind: `yolov3` and `yolov5`: (1, N, 5 + C), centre, size, objectness, classes; `yolov8`: (1, 4 + C,
            N), centre, size, classes (also YOLO11); `final`: (1, N, 6), corners, confidence, class, overlaps
            removed already (YOLOv10, exports with NMS).
        classes: C; 0 if the output does not tell.
        transposed: classes come before boxes.
    """

    kind: Literal["yolov3", "yolov5", "yolov8", "final"]
    classes: int
    transposed: bool


@dataclass(frozen=True, slots=True)
class Candidates:
    """Boxes of a picture.

    Attributes:
        corners: float32 (N, 4) left, top, right, bottom in pixels of the input.
        confidence: float32 (N,) 0..1.
        classes: int (N,).
    """

    corners: Array
    confidence: Array
    classes: NDArray[np.int64]


def find_layout(shapes: Sequence[tuple[int, ...]], classes: int | None, *, yolov3: bool) -> Layout:
    """The layout that outputs of these shapes have.

    Args:
        shapes: of the network's outputs for one picture.
        classes: how many classes it knows, if it says.
        yolov3: it says that it is a YOLOv3 or TinyYOLOv3.

    Raises:
        ValueError: it is none of those that are known; says what was found and what can be read.
    """
    if len(shapes) == 1 and len(shapes[0]) == 3 and shapes[0][0] == 1:
        first, second = shapes[0][1:]
        if second == 6 and first > 6 and classes != 1:
            return Layout("final", classes or 0, transposed=False)
        # There are more boxes than classes, except where the names tell that there are not.
        transposed = first < second
        if classes is not None:
            fitting = [side for side in (4 + classes, 5 + classes) if side in (first, second)]
            transposed = bool(fitting) and first in (4 + classes, 5 + classes)
        values = first if transposed else second
        newer = values == 4 + classes if classes is not None else transposed
        count = values - (4 if newer else 5)
        if count >= 1 and classes in (None, count):
            return Layout("yolov8" if newer else "yolov3" if yolov3 else "yolov5", count, transposed)
    found = ", ".join("x".join(map(str, shape)) for shape in shapes)
    known = f" and {classes} classes" if classes is not None else ""
    raise ValueError(
        f"an output of {found}{known} is not understood. With C classes and N boxes, expected one output of "
        "1xNx(5+C) (YOLOv3, YOLOv5), 1x(4+C)xN (YOLOv8, YOLO11) or 1xNx6 (overlaps removed already). "
        "Networks for segmentation, poses or turned boxes are not supported."
    )


def read_output(
    output: Array, layout: Layout, *, confidence: float, overlap: float, score: Literal["class", "product"]
) -> Candidates:
    """The boxes that are sure enough, without those that show the same thing again.

    Args:
        output: (1, N, V) or (1, V, N), float.
        layout: of it.
        confidence: least confidence.
        overlap: intersection over union above which two boxes of a class are one.
        score: what is confidence in YOLOv3; see `DetectConfig.score`.
    """
    rows = output[0].astype(np.float32, copy=False)
    rows = rows.T if layout.transposed else rows
    if layout.kind == "final":
        kept = rows[rows[:, 4] >= confidence]
        return Candidates(kept[:, :4], kept[:, 4], kept[:, 5].astype(np.int64))
    if layout.kind == "yolov3":
        return _yolov3(rows, confidence, overlap, score)
    scores = rows[:, 4:] if layout.kind == "yolov8" else rows[:, 5:] * rows[:, 4:5]
    best = scores.max(axis=1)
    sure = best >= confidence
    found = Candidates(_corners(rows[sure]), best[sure], scores[sure].argmax(axis=1))
    return _without_repeats(found, found.confidence, overlap, edge=0)


def _yolov3(rows: Array, confidence: float, overlap: float, score: Literal["class", "product"]) -> Candidates:
    """As ImageAI does: what is more an object than not, the surest object of a class first."""
    sure = rows[:, 4] > (0.5 if score == "class" else confidence)
    objects, scores = rows[sure, 4], rows[sure, 5:]
    values = scores.max(axis=1, initial=0)
    if score == "product":
        values = values * objects
    found = Candidates(
        _corners(rows[sure]), values, scores.argmax(axis=1) if len(scores) else np.empty(0, np.int64)
    )
    found = _without_repeats(found, objects, overlap, edge=1)
    return _subset(found, np.flatnonzero(found.confidence >= confidence))


def _corners(rows: Array) -> Array:
    half = rows[:, 2:4] / 2
    return np.concatenate([rows[:, :2] - half, rows[:, :2] + half], axis=1)


def _without_repeats(found: Candidates, rank: Array, overlap: float, *, edge: int) -> Candidates:
    """Non-maximum suppression, class by class.

    Args:
        rank: who stays where two overlap.
        edge: 1 counts the last pixel as part of a box, as ImageAI does.
    """
    left_top, right_bottom = found.corners[:, :2], found.corners[:, 2:]
    boxes = np.concatenate([left_top, right_bottom - left_top + edge], axis=1)
    kept = cv2.dnn.NMSBoxesBatched(boxes.tolist(), rank.tolist(), found.classes.tolist(), 0.0, overlap)
    return _subset(found, np.array(kept, np.int64))


def _subset(found: Candidates, rows: NDArray[np.int64]) -> Candidates:
    return Candidates(found.corners[rows], found.confidence[rows], found.classes[rows])
