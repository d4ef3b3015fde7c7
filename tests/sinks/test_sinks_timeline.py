from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

import pytest
from sink_frames import cleaned

from streamdesnow.frame import Frame
from streamdesnow.sinks.timeline import Timeline


def frame(
    pts: int, captured_at: float, *, time_base: Fraction = Fraction(1, 90000), discontinuity: bool = False
) -> Frame:
    return cleaned(
        0, size=(12, 8), pts=pts, time_base=time_base, captured_at=captured_at, discontinuity=discontinuity
    ).before


def place(*frames: Frame) -> list[int]:
    timeline = Timeline()
    return [timeline.place(each) for each in frames]


def test_it_starts_at_zero_and_keeps_distances_exactly() -> None:
    assert place(frame(7_000_000, 0), frame(7_000_001, 0), frame(7_090_000, 9)) == [0, 1, 90_000]


def test_other_time_bases_are_converted() -> None:
    ntsc = Fraction(1001, 30000)
    assert place(*(frame(n, 0, time_base=ntsc) for n in (5, 6, 7))) == [0, 3003, 6006]


@pytest.mark.parametrize(
    "after",
    [
        frame(0, 102.0, discontinuity=True),
        frame(-10_000_000, 102.0),
        frame(2**40, 102.0),
        frame(50, 102.0, time_base=Fraction(1, 1000)),
    ],
    ids=["reconnect", "step back", "jump ahead", "other time base"],
)
def test_after_a_break_it_goes_on_by_the_time_that_passed(after: Frame) -> None:
    assert place(frame(90_000, 99.0), frame(180_000, 100.0), after) == [0, 90_000, 90_000 + 180_000]


def test_it_goes_on_from_a_break_with_the_new_distances() -> None:
    frames = [frame(0, 0.0), frame(500, 1.0, discontinuity=True), frame(4100, 1.04), frame(7700, 1.08)]
    assert place(*frames) == [0, 90_000, 93_600, 97_200]


def test_it_always_grows_even_if_nothing_else_does() -> None:
    frames = [frame(pts, 5.0) for pts in (100, 100, 99, 100, 101, 100)]
    places = place(*frames)
    assert all(earlier < later for earlier, later in pairwise(places))


def test_time_stamps_finer_than_its_own_never_fall_together() -> None:
    nano = Fraction(1, 10**9)
    places = place(*(frame(n, 0, time_base=nano) for n in (0, 1, 2, 1_000_000_000)))
    assert places == [0, 1, 2, 90_000]
