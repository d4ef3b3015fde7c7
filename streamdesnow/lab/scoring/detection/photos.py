"""Photographs with known boxes, in YOLO's layout: `labels/NAME.txt` beside `NAME.jpg`."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from streamdesnow.capture.images_reader import find_images, load_image
from streamdesnow.detect.coco import COCO
from streamdesnow.detect.detection import Box, Detection
from streamdesnow.errors import ConfigError, SourceDamaged
from streamdesnow.frame import Image

__all__ = ["LabelledPhoto", "labelled_photos"]

_LABELS = "labels"


@dataclass(frozen=True, slots=True)
class LabelledPhoto:
    """A photograph and where its boxes are written."""

    path: Path
    labels: Path

    def load(self) -> tuple[Image, tuple[Detection, ...]]:
        """Its pixels, uint8 (H, W, 3) BGR, and what it shows, with confidence 1.

        Raises:
            SourceDamaged: a line of the labels is not `class x y width height`.
        """
        image = load_image(self.path)
        height, width = image.shape[:2]
        lines = self.labels.read_text(encoding="utf-8").splitlines()
        truth = tuple(
            self._box(number, line, width, height) for number, line in enumerate(lines, 1) if line.strip()
        )
        return image, truth

    def _box(self, number: int, line: str, width: int, height: int) -> Detection:
        try:
            name, x, y, w, h = line.split()
            class_id = range(len(COCO)).index(int(name))
            left, top = (float(x) - float(w) / 2) * width, (float(y) - float(h) / 2) * height
            box = Box(left, top, left + float(w) * width, top + float(h) * height)
        except (ValueError, IndexError) as error:
            raise SourceDamaged(
                f"{self.labels}, line {number}: expected a class of COCO (0..{len(COCO) - 1}), middle and "
                f"size of a box as shares of the picture, got {line!r}"
            ) from error
        return Detection(COCO[class_id], class_id, 1.0, box)


def labelled_photos(folder: Path, every: int = 1) -> list[LabelledPhoto]:
    """The labelled photographs of a folder, one in `every`, in the order of their names.

    Raises:
        ConfigError: there are none.
    """
    photos = [
        LabelledPhoto(path, folder / _LABELS / f"{path.stem}.txt")
        for path in find_images(str(folder))
        if (folder / _LABELS / f"{path.stem}.txt").is_file()
    ]
    if not photos:
        raise ConfigError(f"{folder}: no pictures with boxes; expected NAME.jpg and {_LABELS}/NAME.txt")
    return photos[::every]
