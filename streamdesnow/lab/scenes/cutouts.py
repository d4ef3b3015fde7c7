"""People, vehicles and animals cut out of photographs with boxes, to move through training scenes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from streamdesnow.lab.data.labels import Label, by_labels, read_labels
from streamdesnow.lab.data.photos import photographs
from streamdesnow.lab.scenes.outlines import outline

__all__ = ["Cutout", "Cutouts"]

Floats = NDArray[np.float32]

# COCO's numbers of what moves by itself: person, bicycle ... truck, bird ... giraffe.
_MOVES = frozenset({0, 1, 2, 3, 5, 6, 7, *range(14, 24)})
_LEGGED = frozenset({0, *range(14, 24)})
_PERSON = 0
_LOWEST, _NARROWEST = 24.0, 9.0  # pixels of a box in its photograph
_WORKING_SIDE = 160
_LARGER = 3.0
_AROUND = 0.15
_BLURRED = 2.0  # times its size in the photograph, and it is too soft


@dataclass(frozen=True, slots=True, eq=False)
class Cutout:
    """One thing without its surroundings.

    Attributes:
        sprite: float32 (h, w, 3) BGR 0..255.
        alpha: float32 (h, w) 0..1.
        legged: it walks; otherwise it rolls.
        height: of its box in the photograph, in pixels: how finely it was seen.
    """

    sprite: Floats
    alpha: Floats
    legged: bool
    height: float


class Cutouts:
    """Things in photographs whose boxes lie beside them (`lab.data.labels`).

    What does not separate well from what its box shows around it (`outlines`) is passed over. Photographs
    without boxes give none, so `len` may be 0.

    Args:
        folders: of photographs; folders in them are looked through, too.

    Raises:
        ConfigError: a folder holds no picture.
        SourceDamaged: boxes cannot be read.
    """

    def __init__(self, folders: Sequence[Path]) -> None:
        photos = [photo for folder in folders for photo in photographs(folder)]
        self._boxes = [
            (photo, label)
            for labels, photo in by_labels(photos).items()
            if labels.is_file()
            for label in read_labels(labels)
            if label.class_id in _MOVES
        ]
        self._cut: dict[int, Cutout | None] = {}

    def __len__(self) -> int:
        return len(self._boxes)

    def choose(self, rng: np.random.Generator, height: float = 0.0) -> Cutout | None:
        """A random one, fine enough to be shown `height` pixels tall; None if a few tries gave nothing."""
        for _ in range(8 if self._boxes else 0):
            index = int(rng.integers(len(self._boxes)))
            if index not in self._cut:
                self._cut[index] = _separate(*self._boxes[index])
            found = self._cut[index]
            if found is not None and found.height * _BLURRED >= height:
                return found
        return None


def _separate(path: Path, label: Label) -> Cutout | None:
    photo = cv2.imread(str(path), cv2.IMREAD_COLOR)
    if photo is None:
        return None
    box = label.box(photo.shape[1], photo.shape[0])
    wide, high = box.right - box.left, box.bottom - box.top
    if high < _LOWEST or wide < _NARROWEST:
        return None
    left, top = max(0, int(box.left - _AROUND * wide)), max(0, int(box.top - _AROUND * high))
    right, bottom = int(box.right + _AROUND * wide), int(box.bottom + _AROUND * high)
    near = np.asarray(photo[top:bottom, left:right], np.uint8)
    scale = min(_LARGER, _WORKING_SIDE / max(near.shape[:2]))
    way = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    near = np.asarray(cv2.resize(near, None, fx=scale, fy=scale, interpolation=way), np.uint8)
    inner = tuple(round(n * scale) for n in (box.left - left, box.top - top, wide, high))
    alpha = outline(near, inner, person=label.class_id == _PERSON)
    if alpha is None:
        return None
    return Cutout(near.astype(np.float32), alpha, label.class_id in _LEGGED, high)
