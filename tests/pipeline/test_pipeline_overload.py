"""Overload: when policies set in, how far they go, when they end. Time is moved by hand."""

from __future__ import annotations

from itertools import pairwise

from twins import TwinMemory, TwinRestorer, TwinSink, TwinSource, frame

from streamdesnow.clock import ManualClock
from streamdesnow.config.overload import OverloadConfig, Policy
from streamdesnow.frame import CleanedFrame
from streamdesnow.pipeline.bypass import Bypass
from streamdesnow.pipeline.lane import Lane
from streamdesnow.pipeline.loss import Loss
from streamdesnow.pipeline.notice import Notice, Notices
from streamdesnow.pipeline.outlets import Outlets
from streamdesnow.pipeline.overload import Overload
from streamdesnow.pipeline.rank import Rank
from streamdesnow.pipeline.relief import Relief
from streamdesnow.pipeline.scheduler import Scheduler
from streamdesnow.pipeline.sink_runner import SinkRunner

CONFIG = OverloadConfig(after=2.0, recover=10.0)


class Street:
    """Live cameras of 20 frames a second, and a network that takes so many a second."""

    def __init__(self, *policies: Policy, priorities: tuple[int, ...] | None = None) -> None:
        self.clock = ManualClock()
        self.told: list[Notice] = []
        self.restorers = {"m": TwinRestorer(), "small": TwinRestorer()}
        self.sources = [TwinSource(f"c{n}", live=True) for n in range(len(policies))]
        self.received: dict[str, list[CleanedFrame]] = {}
        self.lanes = [
            self._lane(source, Rank(priority, Relief(policy, "small"), self._smaller(policy)))
            for source, policy, priority in zip(
                self.sources, policies, priorities or (0,) * len(policies), strict=True
            )
        ]
        notices = Notices(self.told.append, self.clock)
        self.scheduler = Scheduler(
            self.lanes,
            self.restorers,
            batch=1,
            clock=self.clock,
            overload=Overload(self.lanes, CONFIG, notices),
        )
        self.bypass = Bypass(self.lanes)
        self.ticks = 0
        self.capacity = 0.0

    def run(self, seconds: float, frames_a_second: float) -> None:
        """Let time pass, with a network that cleans so many frames a second."""
        for _ in range(round(seconds * 20)):
            self._send()
            self.capacity = min(self.capacity + frames_a_second / 20, max(1.0, frames_a_second / 20))
            self.bypass.run_once()
            while self.capacity >= 1 and self.scheduler.run_once():
                self.capacity -= 1
            self.clock.advance(0.05)

    def stall(self, seconds: float) -> None:
        """A call of the network takes so long; frames come meanwhile."""
        for _ in range(round(seconds * 20)):
            self._send()
            self.clock.advance(0.05)
        self.scheduler.run_once()

    def _send(self) -> None:
        """A frame of each camera."""
        for source in self.sources:
            source.feed(frame(self.ticks, source.camera, at=self.clock.monotonic()))
        self.ticks += 1

    @property
    def levels(self) -> list[int]:
        return [lane.rank.relief.level for lane in self.lanes]

    def _smaller(self, policy: Policy) -> tuple[str, TwinMemory] | None:
        return ("small", TwinMemory()) if policy == "smaller-model" else None

    def _lane(self, source: TwinSource, rank: Rank) -> Lane:
        runner = SinkRunner(TwinSink(), 2, self.clock)
        frames = self.received.setdefault(source.camera, [])
        runner.offer = frames.append  # type: ignore[method-assign]
        return Lane(source, "m", TwinMemory(), Outlets((runner,)), self.clock, rank=rank)


def test_who_keeps_up_is_left_alone() -> None:
    street = Street("lower-rate", "pass")
    street.run(20, frames_a_second=60)
    assert street.levels == [0, 0]
    assert street.told == []


def test_drop_has_no_steps() -> None:
    street = Street("drop")
    street.run(10, frames_a_second=5)
    assert street.told == []
    assert street.lanes[0].snapshot().relief == ""


def test_a_hiccup_shorter_than_after_changes_nothing() -> None:
    street = Street("pass")
    street.run(5, frames_a_second=40)
    street.run(1, frames_a_second=5)
    street.run(5, frames_a_second=40)
    assert street.told == []


def test_one_long_call_is_no_overload_and_a_network_that_is_always_so_slow_is() -> None:
    street = Street("pass")
    street.run(1, frames_a_second=40)
    street.stall(30)  # an engine is built
    street.run(3, frames_a_second=40)
    assert street.told == []
    for _ in range(4):
        street.stall(5)
    assert street.levels == [1]


def test_lower_rate_goes_as_far_as_it_must_and_cleans_evenly() -> None:
    street = Street("lower-rate")
    street.run(12, frames_a_second=8)
    assert street.levels == [2]
    street.run(2, frames_a_second=40)
    indices = [cleaned.before.index for cleaned in street.received["c0"][-12:]]
    assert {later - former for former, later in pairwise(indices)} == {3}
    snapshot = street.lanes[0].snapshot()
    assert snapshot.relief == "every 3rd frame"
    assert snapshot.skipped > 0
    assert [notice.kind for notice in street.told] == ["overloaded", "overloaded"]


def test_pass_hands_every_frame_on_with_a_mark() -> None:
    street = Street("pass")
    street.run(3, frames_a_second=5)
    assert street.levels == [1]
    street.received["c0"].clear()
    street.run(2, frames_a_second=0)
    frames = street.received["c0"]
    assert len(frames) >= 39
    assert not any(cleaned.cleaned for cleaned in frames)
    assert all((cleaned.image != cleaned.before.image).any() for cleaned in frames), "the mark"
    assert street.lanes[0].snapshot().passed >= 39


def test_who_comes_back_from_passing_has_forgotten_the_scene_of_before() -> None:
    street = Street("pass")
    street.run(3, frames_a_second=5)
    assert street.levels == [1]
    assert street.lanes[0].stream.resets == 0
    street.run(15, frames_a_second=60)
    assert street.levels == [0]
    assert street.lanes[0].stream.resets == 1


def test_smaller_model_changes_the_network_and_starts_with_an_empty_memory() -> None:
    street = Street("smaller-model")
    street.run(3, frames_a_second=5)
    assert street.lanes[0].model == "small"
    assert street.lanes[0].stream.resets == 1
    before = len(street.restorers["m"].calls)
    street.run(2, frames_a_second=40)
    assert len(street.restorers["m"].calls) == before
    assert len(street.restorers["small"].calls) > 30


def test_they_return_one_by_one_when_the_load_has_gone() -> None:
    street = Street("pass", "pass")
    street.run(6, frames_a_second=4)
    assert street.levels == [1, 1]
    street.run(12, frames_a_second=80)
    assert sorted(street.levels) == [0, 1]
    street.run(12, frames_a_second=80)
    assert street.levels == [0, 0]
    assert [notice.kind for notice in street.told].count("relieved") == 2
    assert street.lanes[0].snapshot().relief_switches == 2


def test_who_returned_too_early_waits_longer_the_next_time() -> None:
    street = Street("pass")
    street.run(120, frames_a_second=5)
    returns = [n for n in street.told if n.kind == "relieved"]
    gaps = [(b.at - a.at).total_seconds() for a, b in pairwise(returns)]
    assert gaps == sorted(gaps)
    assert gaps[-1] > 1.5 * gaps[0]


def test_cameras_of_low_priority_give_way_first() -> None:
    street = Street("pass", "pass", priorities=(5, 0))
    street.run(20, frames_a_second=25)
    assert street.levels[0] == 0
    assert {notice.camera for notice in street.told} == {"c1"}


def test_priority_comes_first_and_nobody_starves() -> None:
    street = Street("drop", "drop", "drop", priorities=(9, 0, 0))
    street.run(10, frames_a_second=20)
    served = {name: len(frames) for name, frames in street.received.items()}
    assert served["c0"] > 150
    assert served["c1"] >= 7
    assert served["c2"] >= 7


def test_a_gap_before_a_frame_that_is_left_out_is_still_a_gap() -> None:
    street = Street("lower-rate")
    (lane,), (source,) = street.lanes, street.sources
    lane.relieve(1)
    source.feed(frame(0))
    assert lane.take() is not None
    gap = frame(1)
    source.feed(type(gap)(gap.image, 1, gap.time_base, 0.0, "c0", 1, discontinuity=True))
    assert lane.take() is None
    source.feed(frame(2))
    taken = lane.take()
    assert taken is not None
    assert taken.discontinuity


def test_few_frames_are_no_verdict() -> None:
    loss = Loss()
    for second in range(4):
        loss.step(second, came=second, served=0, every=1)
    assert loss.since is None
    loss.step(5.0, came=6, served=0, every=1)
    assert loss.since == 0.0


def test_an_observer_that_raises_is_told_nothing_more() -> None:
    calls: list[Notice] = []

    def observer(notice: Notice) -> None:
        calls.append(notice)
        raise OSError("disk full")

    notices = Notices(observer, ManualClock())
    for _ in range(2):
        notices.tell("overloaded", "gate", "cannot keep up")  # type: ignore[arg-type]
    assert len(calls) == 1
