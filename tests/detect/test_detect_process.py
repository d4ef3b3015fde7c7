"""A detector in a process of its own: what it finds, and what its crashes, hangs and prints cost."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from streamdesnow.clock import ManualClock
from streamdesnow.detect.detection import Box, Detection
from streamdesnow.detect.process_detector import ProcessDetector
from streamdesnow.errors import DetectorFailed, DetectorUnavailable
from streamdesnow.frame import Image


def picture(blue: int = 0, width: int = 64, height: int = 32) -> Image:
    image = np.zeros((height, width, 3), np.uint8)
    image[..., 0] = blue
    return image


class Unwell:
    """A detector that crashes (1), hangs (2), raises (3) or prints (4) as the picture tells it."""

    def __init__(self, folder: Path, timeout: float) -> None:
        self.clock = ManualClock()
        self.notes = folder / "notes"
        config = json.dumps({"notes": str(self.notes)})
        factory = "detectors_for_tests:unwell"
        self.detector = ProcessDetector("unwell", factory, config, timeout=timeout, clock=self.clock)
        self.detector.open()

    @property
    def starts(self) -> int:
        return len(self.notes.read_text().splitlines())


@pytest.fixture
def unwell(tmp_path: Path) -> Iterator[Unwell]:
    made = Unwell(tmp_path, timeout=60)
    yield made
    made.detector.close()


def test_it_finds_what_the_detector_finds_and_knows_its_labels() -> None:
    detector = ProcessDetector("grey", "detectors_for_tests:mean_grey", "")
    detector.open()
    try:
        assert detector.labels == ("person", "snow")
        white = np.full((48, 64, 3), 255, np.uint8)
        assert detector.detect(white) == (Detection("snow", 1, 1.0, Box(0, 0, 64, 48)),)
        # Another size, and not contiguous in memory.
        (found,) = detector.detect(np.full((90, 100, 3), 51, np.uint8)[::2, ::-1])
        assert (found.box, round(found.confidence, 6)) == (Box(0, 0, 100, 45), 0.2)
    finally:
        detector.close()


def test_a_crash_costs_one_frame_and_is_told_with_its_last_words(unwell: Unwell) -> None:
    with pytest.raises(DetectorFailed, match=r"unwell: crashed: .*SIGSEGV \(.*something is very wrong"):
        unwell.detector.detect(picture(1))
    assert unwell.detector.detect(picture()) == ()
    assert (unwell.starts, unwell.detector.restarts) == (2, 1)


def test_one_that_crashes_again_and_again_is_started_after_growing_waits(unwell: Unwell) -> None:
    for _ in range(2):
        with pytest.raises(DetectorFailed, match="crashed"):
            unwell.detector.detect(picture(1))
    with pytest.raises(DetectorFailed, match="is started again in 1 s"):
        unwell.detector.detect(picture())
    assert unwell.starts == 2
    unwell.clock.advance(1)
    with pytest.raises(DetectorFailed, match="crashed"):
        unwell.detector.detect(picture(1))
    unwell.clock.advance(1)
    with pytest.raises(DetectorFailed, match="is started again in 1 s"):
        unwell.detector.detect(picture())
    unwell.clock.advance(1)
    assert unwell.detector.detect(picture()) == ()


def test_one_that_hangs_is_ended_and_started_again(tmp_path: Path) -> None:
    unwell = Unwell(tmp_path, timeout=0.5)
    pid = unwell.detector.pid
    with pytest.raises(DetectorFailed, match=r"took longer than 0\.5 s over one frame"):
        unwell.detector.detect(picture(2))
    assert pid is not None
    assert not alive(pid)
    unwell.detector.close()


def test_an_error_over_one_picture_ends_nothing(unwell: Unwell) -> None:
    with pytest.raises(DetectorFailed, match="unexpected ValueError: a picture of this kind"):
        unwell.detector.detect(picture(3))
    assert unwell.detector.detect(picture()) == ()
    assert unwell.starts == 1


def test_one_that_fails_on_five_pictures_in_a_row_is_started_anew(unwell: Unwell) -> None:
    for _ in range(2):
        for _ in range(4):
            with pytest.raises(DetectorFailed, match="a picture of this kind"):
                unwell.detector.detect(picture(3))
        assert unwell.detector.detect(picture()) == ()
    assert unwell.starts == 1
    for _ in range(4):
        with pytest.raises(DetectorFailed, match="a picture of this kind"):
            unwell.detector.detect(picture(3))
    with pytest.raises(DetectorFailed, match=r"5 pictures in a row: .*a picture of this kind.*started again"):
        unwell.detector.detect(picture(3))
    assert unwell.detector.detect(picture()) == ()
    assert unwell.starts == 2


def test_what_it_prints_neither_blocks_it_nor_is_seen(
    unwell: Unwell, capfd: pytest.CaptureFixture[str]
) -> None:
    assert unwell.detector.detect(picture(4)) == ()
    assert capfd.readouterr() == ("", "")


def test_closing_from_another_thread_ends_a_look_that_hangs(unwell: Unwell) -> None:
    caught: list[DetectorFailed] = []

    def look() -> None:
        try:
            unwell.detector.detect(picture(2))
        except DetectorFailed as error:
            caught.append(error)

    thread = threading.Thread(target=look)
    thread.start()
    unwell.detector.close()
    thread.join(30)
    assert not thread.is_alive()
    assert "closed" in str(caught[0]) or "not open" in str(caught[0])


def test_its_temporary_folder_goes_with_it(unwell: Unwell) -> None:
    with pytest.raises(DetectorFailed):
        unwell.detector.detect(picture(1))
    unwell.detector.detect(picture())
    folder = Path(unwell.notes.read_text().splitlines()[-1])
    assert folder.is_dir()
    unwell.detector.close()
    assert not folder.exists()


def test_why_it_cannot_be_opened_is_told_in_its_own_words() -> None:
    detector = ProcessDetector("x", "detectors_for_tests:missing", "")
    with pytest.raises(DetectorUnavailable, match=r"^there are no weights; put them there$"):
        detector.open()
    with pytest.raises(DetectorFailed, match="ended with code 3"):
        ProcessDetector("x", "detectors_for_tests:dies_while_opening", "").open()


def test_a_closed_one_says_so_and_is_closed_twice(unwell: Unwell) -> None:
    unwell.detector.close()
    unwell.detector.close()
    with pytest.raises(DetectorFailed, match="not open"):
        unwell.detector.detect(picture())


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True
