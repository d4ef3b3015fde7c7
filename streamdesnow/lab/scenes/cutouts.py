"""People, vehicles and animals cut out of photographs with boxes, to move through training scenes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from streamdesnow.frame import Image

__all__ = ["Cutout", "Cutouts"]

Floats = NDArray[np.float32]

# COCO's numbers of what moves by itself: person, bicycle ... truck, bird ... giraffe.
_MOVES = frozenset({0, 1, 2, 3, 5, 6, 7, *range(14, 24)})
_LEGGED = frozenset({0, *range(14, 24)})
_SMALLEST = 26
_WORKING_SIDE = 160
_AROUND = 0.15
_ROUNDS = 3


@dataclass(frozen=True, slots=True, eq=False)
class Cutout:
    """One thing without its surroundings.

    Attributes:
        sprite: float32 (h, w, 3) BGR 0..255.
        alpha: float32 (h, w) 0..1.
        legged: it walks; otherwise it rolls.
    """

    sprite: Floats
    alpha: Floats
    legged: bool


@dataclass(frozen=True, slots=True)
class _Box:
    photo: Path
    kind: int
    x: float
    y: float
    width: float
    height: float


class Cutouts:
    """Things in photographs whose boxes lie in `labels/NAME.txt` beside them (YOLO text, COCO's classes).

    GrabCut separates a thing from what its box shows around it; what does not separate well is passed over.
    Photographs without boxes give none, so `len` may be 0.
    """

    def __init__(self, folders: Sequence[Path]) -> None:
        self._boxes = [
            box
            for folder in folders
            for labels in sorted(folder.rglob("labels/*.txt"))
            for box in _boxes_of(labels)
        ]
        self._cut: dict[int, Cutout | None] = {}

    def __len__(self) -> int:
        return len(self._boxes)

    def choose(self, rng: np.random.Generator) -> Cutout | None:
        """A random one; None if a few tries gave nothing usable."""
        for _ in range(4 if self._boxes else 0):
            index = int(rng.integers(len(self._boxes)))
            if index not in self._cut:
                self._cut[index] = _separate(self._boxes[index])
            found = self._cut[index]
            if found is not None:
                return found
        return None


def _boxes_of(labels: Path) -> list[_Box]:
    photo = labels.parent.parent / f"{labels.stem}.jpg"
    if not photo.is_file():
        return []
    rows = [line.split() for line in labels.read_text().splitlines()]
    return [
        _Box(photo, int(kind), *(float(n) for n in numbers))
        for kind, *numbers in rows
        if len(numbers) == 4 and kind.isdigit() and int(kind) in _MOVES
    ]


def _separate(box: _Box) -> Cutout | None:
    photo = cv2.imread(str(box.photo), cv2.IMREAD_COLOR)
    if photo is None:
        return None
    rows, columns = photo.shape[:2]
    wide, high = box.width * columns, box.height * rows
    if min(wide, high) < _SMALLEST:
        return None
    left, right = (box.x * columns + wide * side * (0.5 + _AROUND) for side in (-1, 1))
    top, bottom = (box.y * rows + high * side * (0.5 + _AROUND) for side in (-1, 1))
    near = np.asarray(photo[max(0, int(top)) : int(bottom), max(0, int(left)) : int(right)], np.uint8)
    scale = min(1.0, _WORKING_SIDE / max(near.shape[:2]))
    near = np.asarray(cv2.resize(near, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), np.uint8)
    inner = (
        round((box.x * columns - wide / 2 - max(0, int(left))) * scale),
        round((box.y * rows - high / 2 - max(0, int(top))) * scale),
        round(wide * scale),
        round(high * scale),
    )
    mask = _grab(near, inner)
    share = mask.sum() / max(inner[2] * inner[3], 1)
    if not 0.25 < share < 0.92:
        return None
    alpha = np.asarray(cv2.GaussianBlur(mask, (0, 0), 0.8), np.float32)
    return Cutout(near.astype(np.float32), alpha, box.kind in _LEGGED)


def _grab(near: Image, inner: tuple[int, int, int, int]) -> Floats:
    """1 where the thing is: the largest piece of GrabCut's foreground."""
    labels = np.zeros(near.shape[:2], np.uint8)
    background, foreground = np.zeros((1, 65)), np.zeros((1, 65))
    try:
        cv2.grabCut(near, labels, inner, background, foreground, _ROUNDS, cv2.GC_INIT_WITH_RECT)
    except cv2.error:  # a box that fills the picture leaves no background to learn from
        return np.zeros(near.shape[:2], np.float32)
    front = ((labels == cv2.GC_FGD) | (labels == cv2.GC_PR_FGD)).astype(np.uint8)
    count, pieces, stats, _ = cv2.connectedComponentsWithStats(front)
    if count < 2:
        return np.zeros(near.shape[:2], np.float32)
    largest = 1 + int(np.argmax(stats[1:, cv2.CC_STAT_AREA]))
    return np.asarray(pieces == largest, np.float32)
