"""Photographs with known boxes, in YOLO's layout: `labels/NAME.txt` beside `NAME.jpg`."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from streamdesnow.capture.images_reader import find_images, load_image
from streamdesnow.detect.coco import COCO
from streamdesnow.detect.detection import Detection
from streamdesnow.errors import ConfigError
from streamdesnow.frame import Image
from streamdesnow.lab.data.labels import LABELS, labels_of, read_labels

__all__ = ["LabelledPhoto", "labelled_photos"]


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
        return image, tuple(
            Detection(COCO[label.class_id], label.class_id, 1.0, label.box(width, height))
            for label in read_labels(self.labels)
        )


def labelled_photos(folder: Path, every: int = 1) -> list[LabelledPhoto]:
    """The labelled photographs of a folder, one in `every`, in the order of their names.

    Raises:
        ConfigError: there are none.
    """
    photos = [
        LabelledPhoto(path, labels_of(path)) for path in find_images(str(folder)) if labels_of(path).is_file()
    ]
    if not photos:
        raise ConfigError(f"{folder}: no pictures with boxes; expected NAME.jpg and {LABELS}/NAME.txt")
    return photos[::every]
