"""The measuring loop."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from streamdesnow.bench.rounds import Rounds
from streamdesnow.bench.timing import Timing
from streamdesnow.clock import ManualClock


def _working(clock: ManualClock, seconds: float, heard: list[str], name: str) -> Callable[[], None]:
    def work() -> None:
        heard.append(name)
        clock.advance(seconds)

    return work


def test_things_are_timed_in_turn_and_every_second_round_runs_backwards() -> None:
    clock, heard = ManualClock(), list[str]()
    calls = {name: _working(clock, 1.0, heard, name) for name in "abc"}
    Rounds(calls, clock.monotonic).run(rounds=3, seconds=1.0)
    assert heard == [*"abc", *"cba", *"abc"]


def test_a_turn_lasts_its_seconds_and_a_slow_call_is_made_at_least_once() -> None:
    clock, heard = ManualClock(), list[str]()
    calls = {"quick": _working(clock, 0.25, heard, "quick"), "slow": _working(clock, 9.0, heard, "slow")}
    rounds = Rounds(calls, clock.monotonic)
    rounds.run(rounds=2, seconds=1.0)
    assert rounds.timings["quick"].seconds == [0.25] * 8
    assert rounds.timings["slow"].seconds == [9.0] * 2


def test_what_was_measured_before_an_interruption_is_kept() -> None:
    clock = ManualClock()
    rounds = Rounds({"a": _working(clock, 1.0, [], "a"), "b": _working(clock, 1.0, [], "b")}, clock.monotonic)

    def tell(label: str, share: float) -> None:
        if label == "b":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        rounds.run(rounds=3, seconds=2.0, tell=tell)
    assert rounds.timings["a"].calls == 2
    assert rounds.timings["b"].calls == 0


def test_energy_is_what_the_counter_moved_by_during_the_call() -> None:
    clock = ManualClock()
    rounds = Rounds({"a": _working(clock, 2.0, [], "a")}, clock.monotonic, lambda: 30.0 * clock.monotonic())
    rounds.run(rounds=1, seconds=4.0)
    assert rounds.timings["a"].joules_per_call == pytest.approx(60.0)


def test_a_counter_that_starts_over_is_not_taken_for_energy() -> None:
    readings = iter([10.0, 3.0, 4.0, 9.0])
    clock = ManualClock()
    rounds = Rounds({"a": _working(clock, 1.0, [], "a")}, clock.monotonic, lambda: next(readings))
    rounds.run(rounds=1, seconds=2.0)
    assert rounds.timings["a"].joules == [5.0]


def test_percentiles_are_times_that_occurred() -> None:
    timing = Timing([float(number) for number in range(1, 101)])
    assert (timing.percentile(0.5), timing.percentile(0.95), timing.percentile(0.99)) == (51.0, 96.0, 100.0)
    assert Timing([2.0]).percentile(0.99) == 2.0
