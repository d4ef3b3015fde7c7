from __future__ import annotations

import math

import pytest

from streamdesnow.detect.detection import Box, Detection
from streamdesnow.lab.scoring.detection.average_precision import average_precision
from streamdesnow.lab.scoring.detection.breaks import follow, score_tracks
from streamdesnow.lab.scoring.detection.matching import Counts, count, match
from streamdesnow.lab.scoring.detection.trial import Trial, pooled, recovered

NAMES = ("person", "car")


def thing(
    left: float, *, name: str = "person", confidence: float = 0.9, side: float = 10, track: int | None = None
) -> Detection:
    return Detection(name, NAMES.index(name), confidence, Box(left, 0, left + side, side), track)


def test_finding_everything_is_an_average_precision_of_one() -> None:
    truth = [(thing(0), thing(50, name="car")), (), (thing(20),)]
    score = average_precision(truth, truth)
    assert score.map50 == pytest.approx(1)
    assert score.map50_95 == pytest.approx(1)


def test_average_precision_is_the_mean_over_classes_that_are_there() -> None:
    truth = [(thing(0), thing(50, name="car"))]
    assert average_precision([(thing(0),)], truth).map50 == pytest.approx(0.5)
    assert average_precision([()], truth).map50 == pytest.approx(0)


def test_a_surer_mistake_costs_precision_and_a_less_sure_one_does_not() -> None:
    truth = [(thing(0),)]
    surer = average_precision([(thing(0, confidence=0.5), thing(80, confidence=0.9))], truth)
    less_sure = average_precision([(thing(0, confidence=0.9), thing(80, confidence=0.5))], truth)
    assert surer.map50 == pytest.approx(0.5)
    assert less_sure.map50 == pytest.approx(1)


def test_one_of_two_found_is_half_the_recall_in_cocos_101_steps() -> None:
    assert average_precision([(thing(0),)], [(thing(0), thing(50))]).map50 == pytest.approx(51 / 101)


def test_a_box_that_is_off_counts_up_to_its_overlap() -> None:
    # 8 of 12 columns shared: an overlap of 2/3 passes 0.50, 0.55, 0.60 and 0.65 of the ten thresholds.
    score = average_precision([(thing(2),)], [(thing(0),)])
    assert score.map50 == pytest.approx(1)
    assert score.map50_95 == pytest.approx(0.4)


def test_nothing_to_find_has_no_average_precision() -> None:
    assert math.isnan(average_precision([(thing(0),)], [()]).map50)


def test_as_many_pictures_are_needed_on_both_sides() -> None:
    with pytest.raises(ValueError, match="number of predictions"):
        average_precision([()], [(thing(0),), ()])


def test_matches_are_of_one_class_and_closest_first() -> None:
    found = [thing(3), thing(1), thing(0, name="car")]
    assert match(found, [thing(0)]) == {1: 0}
    assert count(found, [thing(0)]) == Counts(hits=1, misses=0, extras=2)


def test_counts_give_precision_recall_and_f1() -> None:
    counts = Counts(2, 1, 0) + Counts(1, 0, 1)
    assert (counts.recall, counts.precision, counts.f1) == (0.75, 0.75, 0.75)
    assert math.isnan(Counts().recall)


@pytest.mark.parametrize(
    ("clean", "snowy", "cleaned", "share"),
    [
        (0.8, 0.4, 0.7, 0.75),
        (0.8, 0.4, 0.4, 0.0),
        (0.8, 0.4, 0.9, 1.25),
        (0.8, 0.4, 0.3, -0.25),
        (0.8, 0.795, 0.8, None),
        (math.nan, 0.4, 0.4, None),
        (0.8, 0.4, math.nan, None),
    ],
)
def test_the_recovered_share_is_of_what_snow_took(
    clean: float, snowy: float, cleaned: float, share: float | None
) -> None:
    assert recovered(clean, snowy, cleaned) == (None if share is None else pytest.approx(share))


def test_a_gap_and_a_new_number_are_breaks_and_a_late_start_is_none() -> None:
    truth = [(thing(0, track=1), thing(50, track=2), thing(90, track=3))] * 5
    numbers = [(None, 4), (7, 4), (None, 5), (7, 5), (7, 5)]
    found = [
        tuple(
            thing(left, track=number)
            for left, number in zip((0, 50), frame, strict=True)
            if number is not None
        )
        for frame in numbers
    ]
    score = score_tracks(found, truth)
    assert (score.tracks, score.breaks, score.never) == (3, 2, 1)


def test_tracks_that_hold_have_no_breaks() -> None:
    walk = [(thing(2 * step),) for step in range(12)]
    tracks = list(follow(walk, fps=10, confidence=0.3))
    score = score_tracks(tracks, tracks)
    assert (score.tracks, score.breaks, score.never) == (1, 0, 0)


def test_trials_are_pooled_as_one_set_of_frames() -> None:
    truth = ((thing(0),),)
    good = Trial("a", "heavy", "net", truth, truth, 0.3)
    bad = Trial("b", "heavy", "net", ((thing(0, confidence=0.2),),), truth, 0.3)
    score = pooled([good, bad])
    assert score.counts == Counts(hits=1, misses=1, extras=0)
    assert score.precision.map50 == pytest.approx(1)
    assert score.tracks is None
