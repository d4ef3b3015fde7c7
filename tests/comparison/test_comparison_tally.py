from __future__ import annotations

from streamdesnow.comparison.tally import ClassCount, Tally
from streamdesnow.detect.detection import Box, Detection


def thing(label: str, left: float) -> Detection:
    return Detection(label, {"person": 0, "car": 2}[label], 0.9, Box(left, 0, left + 10, 10))


def test_boxes_are_counted_by_class_with_what_only_the_snowy_picture_showed() -> None:
    tally = Tally()
    tally.add([thing("person", 0), thing("car", 50)], [thing("person", 1), thing("person", 80)], None)
    assert tally.classes() == [ClassCount("person", 1, 2, 0, None), ClassCount("car", 1, 0, 1, None)]
    assert tally.total == ClassCount("all", 2, 2, 1, None)


def test_what_is_true_is_counted_where_it_is_known() -> None:
    tally = Tally()
    tally.add([], [], [thing("car", 0)])
    tally.add([], [thing("car", 0)], [])
    assert tally.classes() == [ClassCount("car", 0, 1, 0, 1)]
    assert tally.pictures == 2


def test_a_known_truth_of_nothing_is_not_an_unknown_one() -> None:
    tally = Tally()
    tally.add([], [], [])
    assert tally.total.truth == 0


def test_a_sum_forgets_what_is_true_of_some_only() -> None:
    tally, known = Tally(), Tally()
    known.add([thing("car", 0)], [thing("car", 0)], [thing("car", 0)])
    tally.merge(known)
    tally.merge(known)
    assert tally.total == ClassCount("all", 2, 2, 0, None)
