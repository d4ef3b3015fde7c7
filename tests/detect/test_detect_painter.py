from __future__ import annotations

import itertools

import numpy as np
import pytest

from streamdesnow.config.detect import ZoneConfig
from streamdesnow.config.overlay import OverlayConfig
from streamdesnow.detect.colours import colour_of
from streamdesnow.detect.detection import Box, Detection
from streamdesnow.detect.labels import Rectangle, draw_label, label_text, lettering
from streamdesnow.detect.painter import Painter
from streamdesnow.detect.zones import Zones
from streamdesnow.frame import Image

SIZES = [(640, 360), (1280, 720), (3840, 2160)]


def snow(width: int = 640, height: int = 360) -> Image:
    return np.full((height, width, 3), 250, np.uint8)


def thing(
    left: float = 200,
    top: float = 100,
    right: float = 400,
    bottom: float = 300,
    track: int = 1,
    label: str = "person",
) -> Detection:
    return Detection(label, 0, 0.87, Box(left, top, right, bottom), track)


def changed(before: Image, after: Image) -> np.ndarray:
    return (before != after).any(axis=-1)


def plain(**more: object) -> OverlayConfig:
    return OverlayConfig.model_validate({"labels": False, **more})


@pytest.mark.parametrize("size", SIZES)
def test_a_box_is_drawn_where_it_is_with_a_dark_edge_on_both_sides(size: tuple[int, int]) -> None:
    width, height = size
    each = thing(0.25 * width, 0.25 * height, 0.75 * width, 0.75 * height)
    image = snow(width, height)
    picture = Painter(plain()).paint(image, [each])
    assert (image == 250).all()
    colour = colour_of(each, "track")
    line = picture[height // 2, : width // 2]
    coloured = np.flatnonzero((line == colour).all(axis=-1))
    dark = np.flatnonzero((line < 140).all(axis=-1))
    assert abs(coloured.mean() - 0.25 * width) <= 1
    # What is a line of two pixels in 360 lines would be a hair in 2160.
    assert len(coloured) == pytest.approx(max(2, height / 300), abs=2)
    assert dark.min() < coloured.min() < coloured.max() < dark.max()
    inside = picture[height // 2 - 10 : height // 2 + 10, width // 2 - 10 : width // 2 + 10]
    assert (inside == 250).all()


@pytest.mark.parametrize("size", SIZES)
def test_letters_grow_with_the_frame_and_stay_in_it(size: tuple[int, int]) -> None:
    width, height = size
    letters = lettering(width, height)
    assert letters.height == max(10, round(height / 40))
    for left, top in ((-50, -50), (width - 30, height - 30), (width / 2, 0)):
        box = Box(left, top, left + 60, top + 60)
        plate = draw_label(snow(width, height), box, "person 0.87 #12", (0, 0, 255), letters, [])
        assert 0 <= plate.left < plate.right <= width
        assert 0 <= plate.top < plate.bottom <= height


def test_a_label_stands_above_its_box_white_on_dark() -> None:
    picture = Painter(OverlayConfig()).paint(snow(), [thing()])
    plate = picture[80:98, 204:280]
    assert (plate > 200).all(axis=-1).any()
    assert (plate < 60).all(axis=-1).mean() > 0.3


def test_labels_of_neighbours_do_not_cover_each_other() -> None:
    taken: list[Rectangle] = []
    for left in (100, 110, 120):
        box = Box(left, 100, left + 50, 200)
        taken.append(draw_label(snow(), box, "person 0.87", (0, 0, 255), lettering(640, 360), taken))
    assert not any(one.meets(other) for i, one in enumerate(taken) for other in taken[i + 1 :])


def test_a_label_tells_class_confidence_track_and_what_cleaning_may_have_hidden() -> None:
    assert label_text(thing(track=7)) == "person 0.87 #7"
    hidden = Detection("car", 2, 0.5, Box(0, 0, 1, 1), 3, "before")
    assert label_text(hidden) == "car 0.50 #3 (before cleaning)"


def test_a_track_keeps_its_colour_and_neighbours_differ() -> None:
    colours = [np.array(colour_of(thing(track=number), "track"), int) for number in range(1, 6)]
    assert all(np.abs(one - other).sum() > 100 for one, other in itertools.pairwise(colours))
    assert colour_of(thing(track=1), "class") == colour_of(thing(track=2), "class")
    assert colour_of(thing(label="car"), "class") != colour_of(thing(label="person"), "class")


def test_a_trail_shows_the_way_of_the_last_seconds() -> None:
    painter = Painter(plain(trails=1.0))
    for step in range(30):
        each = thing(100 + 10 * step, 100, 140 + 10 * step, 200)
        picture = painter.paint(snow(), [each], step / 10)
    drawn = np.flatnonzero(changed(snow(), picture)[200])
    # The last foot is at 410; a second ago it was at 310.
    assert 305 <= drawn.min() <= 312
    painter.paint(snow(), [each], 0.0)
    assert np.flatnonzero(changed(snow(), painter.paint(snow(), [each], 0.1))[200]).min() >= 380


def test_zones_are_drawn_with_their_names_and_can_be_left_out() -> None:
    zone = ZoneConfig.model_validate({"polygon": [[0.25, 0.5], [0.75, 0.5], [0.75, 1], [0.25, 1]]})
    zones = Zones({"drive": zone}, "gate")
    drawn = changed(snow(), Painter(plain(), zones).paint(snow(), []))
    assert drawn[180, 170:470].all()
    assert not drawn[100].any()
    image = snow()
    assert Painter(plain(zones=False), zones).paint(image, []) is image
    assert changed(snow(), Painter(OverlayConfig(), zones).paint(snow(), []))[160:178, 160:200].any()


def test_boxes_may_reach_out_of_the_frame_and_frames_may_be_tiny() -> None:
    assert Painter(OverlayConfig()).paint(snow(), [thing(-100, -100, 2000, 2000)]).shape == (360, 640, 3)
    assert Painter(OverlayConfig()).paint(snow(16, 16), [thing(2, 2, 10, 10)]).shape == (16, 16, 3)
