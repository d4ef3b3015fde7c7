"""Boxes beside photographs: read, written, and found by a detector."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import astuple
from pathlib import Path

import cv2
import numpy as np
import pytest

from streamdesnow.detect.coco import COCO
from streamdesnow.detect.detection import Box, Detection
from streamdesnow.detect.memory import MemoryDetector
from streamdesnow.errors import SourceDamaged, StorageFailed
from streamdesnow.frame import Image
from streamdesnow.lab.data.labelling import find_things
from streamdesnow.lab.data.labels import Label, labels_of, read_labels, write_labels


def test_what_is_written_is_read(tmp_path: Path) -> None:
    path = labels_of(tmp_path / "gate.png")
    assert path == tmp_path / "labels" / "gate.txt"
    labels = [Label(0, 0.5, 0.25, 0.125, 0.5), Label(7, 0.75, 0.5, 0.5, 0.25)]
    write_labels(path, labels)
    assert read_labels(path) == labels
    write_labels(path, [])
    assert read_labels(path) == []


def test_confidences_are_left_out_and_outlines_become_the_boxes_around_them(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("2 0.5 0.5 0.25 0.5 0.87\n\n0 0.25 0.5 0.5 0.25 0.5 0.75\n")
    assert read_labels(path) == [Label(2, 0.5, 0.5, 0.25, 0.5), Label(0, 0.375, 0.5, 0.25, 0.5)]


def test_labels_that_are_no_text_are_named(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(SourceDamaged, match=r"a\.txt: cannot be read as text"):
        read_labels(tmp_path / "a.txt")


def test_labels_that_cannot_be_written_are_named(read_only_disk: Path) -> None:
    with pytest.raises(StorageFailed, match="labels"):
        write_labels(labels_of(read_only_disk / "a.jpg"), [])


def blobs(image: Image) -> Iterable[Detection]:
    """Everything red, as people. What is small in a large picture is missed, as detectors do."""
    red = (image[..., 2] > 200).astype(np.uint8)
    _, _, stats, _ = cv2.connectedComponentsWithStats(red)
    for left, top, width, height, area in stats[1:].tolist():
        if min(width, height) * 416 / max(image.shape[:2]) >= 12:
            yield Detection("person", 0, min(1.0, area / 1000), Box(left, top, left + width, top + height))


def found(photo: Image) -> list[Label]:
    detector = MemoryDetector(blobs)
    detector.open()
    return find_things(photo, detector)


def test_small_things_are_found_in_parts_of_the_picture_and_nothing_twice() -> None:
    photo = np.zeros((400, 800, 3), np.uint8)
    photo[100:300, 500:560] = (0, 0, 255)  # large, and cut off by several parts
    photo[40:60, 90:104] = (0, 0, 255)  # seen in parts only
    large, small = (label.box(800, 400) for label in found(photo))
    assert astuple(large) == pytest.approx((500, 100, 560, 300))
    assert astuple(small) == pytest.approx((90, 40, 104, 60))


def test_the_smallest_pictures_can_be_looked_at() -> None:
    assert found(np.zeros((1, 1, 3), np.uint8)) == []
    assert found(np.full((3, 2, 3), 255, np.uint8)) == [Label(0, 0.5, 0.5, 1.0, 1.0)]


def test_who_stands_before_something_is_not_the_same_thing() -> None:
    things = [
        Detection("bus", 5, 0.95, Box(0, 0, 200, 100)),
        Detection("person", 0, 0.9, Box(50, 20, 80, 95)),
        Detection("truck", 7, 0.6, Box(0, 0, 200, 95)),
        Detection("motorcycle", 3, 0.5, Box(300, 0, 400, 100)),
    ]
    detector = MemoryDetector(lambda image: things if image.shape[1] == 500 else [])
    detector.open()
    found = find_things(np.zeros((100, 500, 3), np.uint8), detector)
    assert [COCO[label.class_id] for label in found] == ["bus", "person", "motorbike"]
    (alone,) = find_things(np.zeros((100, 500, 3), np.uint8), detector, ["motorbike"])
    assert COCO[alone.class_id] == "motorbike"


def test_boxes_may_lie_in_a_tree_of_their_own(tmp_path: Path) -> None:
    photo = tmp_path / "images/train/1.jpg"
    assert labels_of(photo) == tmp_path / "images/train/labels/1.txt"
    (tmp_path / "labels/train").mkdir(parents=True)
    (tmp_path / "labels/train/1.txt").touch()
    assert labels_of(photo) == tmp_path / "labels/train/1.txt"


def test_classes_that_coco_does_not_know_are_left_out() -> None:
    detector = MemoryDetector(lambda _: [Detection("sledge", 0, 0.9, Box(1, 1, 9, 9))], ("sledge",))
    detector.open()
    assert find_things(np.zeros((20, 20, 3), np.uint8), detector) == []
