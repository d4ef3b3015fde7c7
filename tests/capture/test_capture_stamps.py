"""Frames without a time stamp get one."""

from __future__ import annotations

from fractions import Fraction

from streamdesnow.capture.av_stamps import StampKeeper
from streamdesnow.clock import ManualClock

BASE = Fraction(1, 1000)


def test_stamps_of_the_container_pass_through() -> None:
    keeper = StampKeeper(live=False)
    assert [keeper.stamp(pts, BASE, 40) for pts in (7, 5, 900)] == [7, 5, 900]


def test_a_gap_in_a_file_is_filled_by_duration() -> None:
    keeper = StampKeeper(live=False)
    assert [keeper.stamp(pts, BASE, 40) for pts in (None, None, 100, None)] == [0, 40, 100, 140]


def test_a_live_stream_waits_for_its_first_stamp() -> None:
    keeper = StampKeeper(live=True)
    assert [keeper.stamp(pts, BASE, 40) for pts in (None, 3600, 3640)] == [None, 3600, 3640]


def test_a_live_stream_that_never_stamps_is_stamped_by_arrival() -> None:
    clock = ManualClock(50.0)
    keeper = StampKeeper(live=True, now=clock.monotonic)
    stamps = []
    for _ in range(6):
        stamps.append(keeper.stamp(None, BASE, 40))
        clock.advance(0.1)
    assert stamps == [None, None, None, 100, 200, 300]


def test_a_live_stream_that_forgets_one_stamp_goes_on_from_the_last() -> None:
    clock = ManualClock(50.0)
    keeper = StampKeeper(live=True, now=clock.monotonic)
    assert [keeper.stamp(pts, BASE, 40) for pts in (9000, None, 9080)] == [9000, 9040, 9080]
