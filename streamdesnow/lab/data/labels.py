"""Boxes of what photographs show, in YOLO's layout: `labels/NAME.txt` beside `NAME.jpg`, a line each."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from streamdesnow.detect.coco import COCO
from streamdesnow.detect.detection import Box
from streamdesnow.errors import SourceDamaged
from streamdesnow.storage.write import atomic_write, storage_failed

__all__ = ["LABELS", "Label", "by_labels", "labels_of", "read_labels", "write_labels"]

LABELS = "labels"
"""Folder of the boxes, beside the photographs."""


@dataclass(frozen=True, slots=True)
class Label:
    """One thing in a photograph.

    Attributes:
        class_id: number of its class among COCO's 80.
        x, y, width, height: middle and size of its box, as shares of the photograph's width and height.
    """

    class_id: int
    x: float
    y: float
    width: float
    height: float

    def box(self, width: int, height: int) -> Box:
        """Its corners in a picture of that size, in pixels."""
        left, top = (self.x - self.width / 2) * width, (self.y - self.height / 2) * height
        return Box(left, top, left + self.width * width, top + self.height * height)


def labels_of(photo: Path) -> Path:
    """Where the boxes of a photograph are written: beside it, unless there are some in a tree of `labels`
    that stands beside its tree of `images`."""
    beside = photo.parent / LABELS / f"{photo.stem}.txt"
    parts = list(photo.parent.parts)
    if not beside.exists() and "images" in parts:
        parts[len(parts) - 1 - parts[::-1].index("images")] = LABELS
        mirrored = Path(*parts) / f"{photo.stem}.txt"
        return mirrored if mirrored.exists() else beside
    return beside


def by_labels(photos: Sequence[Path]) -> dict[Path, Path]:
    """Photographs by where their boxes are written; of two that share a name (a.jpg, a.png) the first."""
    found = {labels_of(photo): photo for photo in reversed(photos)}
    return dict(sorted(found.items()))


def read_labels(path: Path) -> list[Label]:
    """The boxes in a file; of outlines, which some sets have in their place, the boxes around them.

    Raises:
        SourceDamaged: it cannot be read, or a line is not `class x y width height`.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise SourceDamaged(f"{path}: cannot be read as text: {error}") from error
    return [_label(path, number, line) for number, line in enumerate(lines, 1) if line.strip()]


def _label(path: Path, number: int, line: str) -> Label:
    name, *words = line.split()
    try:
        class_id = range(len(COCO)).index(int(name))
        shares = [float(word) for word in words]
        if len(shares) >= 6 and len(shares) % 2 == 0:
            return _around(class_id, shares[::2], shares[1::2])
        x, y, width, height = shares[:4] if len(shares) == 5 else shares  # a fifth is how sure a detector was
    except ValueError as error:
        raise SourceDamaged(
            f"{path}, line {number}: expected a class of COCO (0..{len(COCO) - 1}), middle and "
            f"size of a box as shares of the picture, got {line!r}"
        ) from error
    return Label(class_id, x, y, width, height)


def _around(class_id: int, x: list[float], y: list[float]) -> Label:
    left, right, top, bottom = min(x), max(x), min(y), max(y)
    return Label(class_id, (left + right) / 2, (top + bottom) / 2, right - left, bottom - top)


def write_labels(path: Path, labels: Iterable[Label]) -> None:
    """A file with these boxes; nothing in them makes an empty file, which says that somebody has looked.

    Raises:
        StorageFailed: it cannot be written.
    """
    lines = [f"{n.class_id} {n.x:.6f} {n.y:.6f} {n.width:.6f} {n.height:.6f}\n" for n in labels]
    try:
        path.parent.mkdir(exist_ok=True)
    except OSError as error:
        raise storage_failed("label", path.parent, error) from error
    atomic_write("label", path, "".join(lines).encode())
