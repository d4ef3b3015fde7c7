from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import cv2
import numpy as np
import pytest

from streamdesnow.detect.detection import Box, Detection
from streamdesnow.detect.memory import MemoryDetector
from streamdesnow.errors import ConfigError, SourceDamaged
from streamdesnow.frame import Image
from streamdesnow.lab.data.pairs import Pair
from streamdesnow.lab.scoring.baselines import CausalMedian
from streamdesnow.lab.scoring.detection.look import PAST, look_at_clip, look_at_photo, only
from streamdesnow.lab.scoring.detection.photos import labelled_photos

GREY = np.full((48, 64, 3), 90, np.uint8)


def grey_level(image: Image) -> Iterable[Detection]:
    yield Detection("person", 0, min(1.0, float(image.mean()) / 255), Box(0, 0, 9, 9))


@pytest.fixture
def detector() -> MemoryDetector:
    memory = MemoryDetector(grey_level)
    memory.open()
    return memory


def test_every_arm_sees_all_frames_and_the_detector_some_of_them(detector: MemoryDetector) -> None:
    seen: list[int] = []

    def counting(image: Image) -> Image:
        seen.append(int(image[0, 0, 0]))
        return image

    frames = [np.full((8, 8, 3), shade, np.uint8) for shade in range(10)]
    pairs = [Pair(frame, frame, None) for frame in frames]
    arms = {"input": lambda: counting, "black": lambda: lambda image: image * 0}
    found = look_at_clip(pairs, arms, detector, skip=4, every=3)
    assert seen == list(range(10))
    assert [frame[0].confidence for frame in found["input"]] == [
        pytest.approx(4 / 255),
        pytest.approx(7 / 255),
    ]
    assert [frame[0].confidence for frame in found["black"]] == [0, 0]


def test_a_photo_is_looked_at_under_one_fall_of_snow_in_all_arms(detector: MemoryDetector) -> None:
    pictures: list[Image] = []

    def keeping(image: Image) -> Image:
        pictures.append(image)
        return image

    temporal = {"median": lambda: CausalMedian(PAST)}
    found = look_at_photo(GREY, ("streaks", "heavy", 1), {"input": keeping}, temporal, detector)
    assert len(pictures) == 1
    assert pictures[0].mean() > GREY.mean()
    # Nothing moves but the snow: the median comes closer to the photograph.
    assert found["median"][0].confidence < found["input"][0].confidence


def test_without_snow_a_photo_is_shown_as_it_is(detector: MemoryDetector) -> None:
    look_at_photo(GREY, ("streaks", "none", 1), {"input": lambda image: image}, {}, detector)
    assert np.array_equal(detector.seen[0], GREY)


def test_classes_and_confidence_can_be_asked_for() -> None:
    frame = tuple(Detection(label, 0, sure, Box(0, 0, 1, 1)) for label, sure in (("car", 0.9), ("car", 0.1)))
    other = Detection("chair", 1, 0.9, Box(0, 0, 1, 1))
    assert only(((*frame, other), ()), {"car"}, 0.5) == ((frame[0],), ())


def write_photo(folder: Path, name: str, labels: str | None) -> None:
    (folder / "labels").mkdir(exist_ok=True)
    cv2.imwrite(str(folder / f"{name}.png"), GREY)
    if labels is not None:
        (folder / "labels" / f"{name}.txt").write_text(labels)


def test_boxes_are_read_in_pixels(tmp_path: Path) -> None:
    write_photo(tmp_path, "a", "2 0.5 0.5 0.25 0.5\n\n")
    write_photo(tmp_path, "b", "")
    write_photo(tmp_path, "not-labelled", None)
    one, two = labelled_photos(tmp_path)
    image, boxes = one.load()
    assert np.array_equal(image, GREY)
    assert boxes == (Detection("car", 2, 1.0, Box(24, 12, 40, 36)),)
    assert two.load()[1] == ()
    assert len(labelled_photos(tmp_path, every=2)) == 1


@pytest.mark.parametrize(
    "line", ["2 0.5 0.5 0.25", "80 0.5 0.5 0.1 0.1", "car 0.5 0.5 0.1 0.1", "-1 0 0 1 1"]
)
def test_a_wrong_line_of_labels_is_named(tmp_path: Path, line: str) -> None:
    write_photo(tmp_path, "a", f"0 0.5 0.5 0.1 0.1\n{line}\n")
    with pytest.raises(SourceDamaged, match=r"a\.txt, line 2"):
        labelled_photos(tmp_path)[0].load()


def test_a_folder_without_boxes_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="labels"):
        labelled_photos(tmp_path)
