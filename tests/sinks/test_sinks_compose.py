from __future__ import annotations

import numpy as np
import pytest
from sink_frames import cleaned

from streamdesnow.config.output import Show
from streamdesnow.frame import CleanedFrame
from streamdesnow.sinks.compose import WIPE_PERIOD, compose

SIZES = [(1, 1), (2, 2), (17, 3), (321, 241), (640, 360), (1920, 1080), (3840, 2160)]


def flat(size: tuple[int, int], seconds: float = 0.0) -> CleanedFrame:
    """White before, black after, so that it shows where each of them went."""
    frame = cleaned(0, size=size, pts=round(seconds * 25))
    frame.before.image[:] = 255
    frame.image[:] = 0
    return CleanedFrame(frame.before, frame.image, 0.0)


def test_clean_and_before_are_the_images_themselves() -> None:
    frame = cleaned(3)
    assert compose(frame, "clean") is frame.image
    assert compose(frame, "before") is frame.before.image


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("show", ["side_by_side", "wipe"])
def test_any_size_can_be_composed_and_the_frame_is_not_touched(size: tuple[int, int], show: Show) -> None:
    frame = flat(size)
    picture = compose(frame, show)
    width, height = size
    assert picture.shape == (height, width * (2 if show == "side_by_side" else 1), 3)
    assert (frame.before.image == 255).all()
    assert (frame.image == 0).all()


def test_side_by_side_shows_all_of_both_pictures_before_on_the_left() -> None:
    picture = compose(flat((640, 360)), "side_by_side")
    below_labels = picture[180:]
    assert (below_labels[:, :630] == 255).all()
    assert (below_labels[:, 650:] == 0).all()


@pytest.mark.parametrize("size", [size for size in SIZES if size[1] >= 360])
def test_labels_are_large_enough_to_read_and_stand_out_from_white_and_black(size: tuple[int, int]) -> None:
    width, height = size
    picture = compose(flat(size), "side_by_side")[..., 0]
    dark_rows = (picture[:, : width // 4] < 128).any(axis=1).sum()
    bright_rows = (picture[: height // 4, -width // 4 :] > 200).any(axis=1).sum()
    assert height / 30 < bright_rows < height / 8
    assert height / 30 < dark_rows < height / 4


def test_the_border_of_a_wipe_moves_with_presentation_time_there_and_back() -> None:
    def share_before(seconds: float) -> float:
        picture = compose(flat((640, 360), seconds), "wipe")
        return float((picture[300] != 0).any(axis=1).mean())

    shares = [share_before(WIPE_PERIOD * step / 8) for step in range(9)]
    assert shares[0] == shares[8] == 0
    assert shares[:5] == sorted(shares[:5])
    assert shares[4:] == sorted(shares[4:], reverse=True)
    assert shares[4] > 0.99


def test_the_same_frame_wipes_the_same_way_each_time() -> None:
    frame = cleaned(77)
    assert np.array_equal(compose(frame, "wipe"), compose(frame, "wipe"))
