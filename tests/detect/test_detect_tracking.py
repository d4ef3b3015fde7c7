from __future__ import annotations

import pytest

from streamdesnow.config.tracking import TrackConfig
from streamdesnow.detect.compare import union
from streamdesnow.detect.detection import Box, Detection
from streamdesnow.detect.tracking import Tracker


def thing(left: float, label: str = "person", confidence: float = 0.9, class_id: int = 0) -> Detection:
    return Detection(label, class_id, confidence, Box(left, 10, left + 20, 60))


def numbers(tracker: Tracker, *frames: list[Detection], every: float = 0.1) -> list[list[int | None]]:
    updates = [tracker.update(found, index * every) for index, found in enumerate(frames)]
    return [[each.track for each in update.found] for update in updates]


def test_what_moves_a_little_keeps_its_number_and_numbers_begin_at_1() -> None:
    tracker = Tracker(TrackConfig(), 0.5)
    assert numbers(tracker, *([thing(10 + 3 * i)] for i in range(5))) == [[], [1], [1], [1], [1]]


def test_what_is_found_once_only_is_no_track() -> None:
    tracker = Tracker(TrackConfig(), 0.5)
    assert numbers(tracker, [thing(10)], [], [thing(200)], [thing(200)]) == [[], [], [], [1]]


def test_two_things_have_two_numbers_the_surest_first() -> None:
    tracker = Tracker(TrackConfig(), 0.5)
    both = [thing(10, confidence=0.6), thing(200, confidence=0.9)]
    update = [tracker.update(both, i / 10) for i in range(3)][-1]
    assert [each.box.left for each in update.found] == [200, 10]
    assert sorted(each.track or 0 for each in update.found) == [1, 2]


def test_what_is_not_found_for_longer_than_lost_has_left() -> None:
    tracker = Tracker(TrackConfig(lost=1.0), 0.5)
    numbers(tracker, [thing(10)], [thing(10)])
    assert tracker.update([], 0.9).left == ()
    assert tracker.update([thing(10)], 1.0).found[0].track == 1
    assert tracker.update([], 2.5).left == (1,)


def test_the_class_is_the_one_with_most_confidence_so_far() -> None:
    tracker = Tracker(TrackConfig(), 0.3)
    labels = ["car", "car", "car", "truck", "car"]
    updates = [
        tracker.update([thing(10, label, class_id=len(label))], i / 10) for i, label in enumerate(labels)
    ]
    assert [each.label for update in updates for each in update.found] == ["car"] * 4
    assert updates[-2].found[0].class_id == 3


def test_weak_detections_continue_a_track_but_begin_none() -> None:
    tracker = Tracker(TrackConfig(start=0.7), 0.3)
    weak, strong = [thing(10, confidence=0.4)], [thing(10, confidence=0.8)]
    assert numbers(tracker, weak, weak, strong, strong, weak) == [[], [], [], [1], [1]]


def test_after_a_reset_time_may_jump_back_and_no_number_comes_again() -> None:
    tracker = Tracker(TrackConfig(), 0.5)
    numbers(tracker, [thing(10)], [thing(10)])
    assert tracker.reset() == (1,)
    assert numbers(tracker, [thing(10)], [thing(10)]) == [[], [2]]


def test_frames_with_equal_time_stamps_are_frames_all_the_same() -> None:
    tracker = Tracker(TrackConfig(), 0.5)
    assert numbers(tracker, [thing(10)], [thing(10)], [thing(10)], every=0) == [[], [1], [1]]


@pytest.mark.parametrize(
    ("clean", "before", "expected"),
    [
        ([thing(10)], [thing(12)], [("person", "both")]),
        ([thing(10)], [thing(100)], [("person", "clean"), ("person", "before")]),
        ([], [thing(10)], [("person", "before")]),
        ([thing(10)], [], [("person", "clean")]),
        # Another class at nearly the same place is the same thing, somewhat beside it is another thing.
        ([thing(10, "car", class_id=1)], [thing(11, "truck", class_id=2)], [("car", "both")]),
        (
            [thing(10, "bicycle", class_id=1)],
            [thing(15, "person")],
            [("bicycle", "clean"), ("person", "before")],
        ),
    ],
)
def test_the_union_has_each_thing_once_and_knows_who_saw_it(
    clean: list[Detection], before: list[Detection], expected: list[tuple[str, str]]
) -> None:
    assert [(each.label, each.seen_in) for each in union(clean, before)] == expected


def test_the_union_takes_the_closest_pairs_the_box_of_the_cleaned_frame_and_the_higher_confidence() -> None:
    found = union([thing(10, confidence=0.5), thing(16, confidence=0.6)], [thing(15, confidence=0.9)])
    assert [(each.box.left, each.seen_in, each.confidence) for each in found] == [
        (16, "both", 0.9),
        (10, "clean", 0.5),
    ]
