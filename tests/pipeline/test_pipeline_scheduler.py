from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest
from twins import TwinMemory, TwinRestorer, TwinSink, TwinSource, frame

from streamdesnow.capture.source import CaptureState
from streamdesnow.clock import ManualClock
from streamdesnow.errors import EngineFailed, EngineUnavailable, ModelCorrupt
from streamdesnow.frame import Frame
from streamdesnow.pipeline.lane import Lane
from streamdesnow.pipeline.outlets import Outlets
from streamdesnow.pipeline.scheduler import Scheduler
from streamdesnow.pipeline.sink_runner import SinkRunner


class Rig:
    """Lanes without threads, driven round by round."""

    def __init__(self, *sources: TwinSource, batch: int = 8, models: dict[str, str] | None = None) -> None:
        self.clock = ManualClock()
        self.restorers = {name: TwinRestorer() for name in {"m", *(models or {}).values()}}
        self.sinks = {source.camera: TwinSink(f"record[{source.camera}]") for source in sources}
        self.lanes = {
            source.camera: Lane(
                source,
                (models or {}).get(source.camera, "m"),
                TwinMemory(),
                Outlets((SinkRunner(self.sinks[source.camera], 2, self.clock),)),
                self.clock,
            )
            for source in sources
        }
        self.scheduler = Scheduler(list(self.lanes.values()), self.restorers, batch)

    @property
    def calls(self) -> list[list[tuple[str, int]]]:
        return self.restorers["m"].calls

    def rounds(self, count: int) -> None:
        for _ in range(count):
            self.scheduler.run_once()

    def drain(self, camera: str) -> None:
        (runner,) = self.lanes[camera].outlets.sinks
        for _ in range(4):
            runner.run_once(0)


def live(camera: str, index: int = 0, size: tuple[int, int] = (8, 4)) -> TwinSource:
    source = TwinSource(camera, live=True)
    source.feed(frame(index, camera, size))
    return source


def test_cameras_of_one_size_share_a_call() -> None:
    rig = Rig(live("a"), live("b"))
    rig.rounds(1)
    assert rig.calls == [[("a", 0), ("b", 0)]]


def test_other_sizes_get_a_call_of_their_own() -> None:
    rig = Rig(live("a"), live("b", size=(16, 8)), live("c"))
    rig.rounds(2)
    assert rig.calls == [[("a", 0), ("c", 0)], [("b", 0)]]


def test_a_camera_with_a_model_of_its_own_is_cleaned_by_that() -> None:
    rig = Rig(live("a"), live("b"), models={"b": "other"})
    rig.rounds(2)
    assert rig.calls == [[("a", 0)]]
    assert rig.restorers["other"].calls == [[("b", 0)]]


def test_no_more_than_the_limit_go_in_one_call_and_the_longest_unserved_go_first() -> None:
    sources = [live(name) for name in "abc"]
    rig = Rig(*sources, batch=2)
    rig.rounds(1)
    for source in sources:
        source.feed(frame(1, source.camera))
    rig.rounds(2)
    assert rig.calls == [[("a", 0), ("b", 0)], [("c", 1), ("a", 1)], [("b", 1)]]


def test_a_camera_that_floods_does_not_starve_another() -> None:
    flood = TwinSource("flood", frames=[frame(i, "flood", (16, 8)) for i in range(50)])
    calm = TwinSource("calm", live=True)
    rig = Rig(flood, calm, batch=1)
    rig.rounds(2)
    calm.feed(frame(0, "calm"))
    rig.rounds(1)
    assert rig.calls[-1] == [("calm", 0)]


def test_a_file_waits_for_a_full_recorder_and_loses_nothing() -> None:
    file = TwinSource("a", frames=[frame(i, "a") for i in range(5)]).end()
    rig = Rig(file)
    rig.rounds(10)
    assert len(rig.calls) == 2, "the queue holds two"
    for _ in range(4):
        rig.drain("a")
        rig.rounds(3)
    rig.drain("a")
    assert rig.sinks["a"].indices == [0, 1, 2, 3, 4]


def test_a_live_camera_goes_on_while_the_recorder_is_full() -> None:
    source = live("a")
    rig = Rig(source)
    for index in range(1, 5):
        rig.rounds(1)
        source.feed(frame(index, "a"))
    assert len(rig.calls) == 4
    rig.drain("a")
    assert rig.sinks["a"].indices == [2, 3]


def test_cleaned_frames_carry_the_original() -> None:
    rig = Rig(live("a", index=9))
    received = []
    rig.lanes["a"].outlets.sinks[0].offer = received.append  # type: ignore[method-assign]
    rig.rounds(1)
    (cleaned,) = received
    assert cleaned.before.index == 9
    assert cleaned.image[0, 0, 0] == 255 - 9


def test_the_end_of_a_file_finishes_its_sinks_while_others_go_on() -> None:
    file, other = TwinSource("a", frames=[frame(0, "a")]).end(), live("b")
    rig = Rig(file, other)
    rig.rounds(3)
    assert rig.lanes["a"].done
    assert not rig.scheduler.finished
    rig.drain("a")
    assert not rig.lanes["a"].outlets.sinks[0].run_once(0)
    assert rig.sinks["a"].indices == [0]


def test_a_lane_ends_after_as_many_frames_as_asked() -> None:
    rig = Rig(TwinSource("a", frames=[frame(i, "a") for i in range(9)]))
    rig.lanes["a"].limit = 2
    rig.rounds(5)
    assert rig.scheduler.finished
    assert len(rig.calls) == 2


def broken(camera: str, times: int) -> object:
    left = [times]

    def fails(frames: Sequence[Frame]) -> Exception | None:
        if left[0] and any(frame.camera == camera for frame in frames):
            left[0] -= 1
            return EngineFailed(f"{camera}: out of memory")
        return None

    return fails


def test_a_frame_that_fails_in_company_is_tried_alone() -> None:
    rig = Rig(live("a"), live("b"))
    rig.restorers["m"].fails = broken("b", times=2)
    rig.rounds(1)
    assert rig.calls == [[("a", 0), ("b", 0)], [("a", 0)], [("b", 0)]]
    assert rig.lanes["a"].snapshot().frames_out == 1
    assert rig.lanes["b"].snapshot().engine_failures == 1
    assert rig.lanes["b"].stream.resets == 1


@pytest.mark.parametrize("error", [ModelCorrupt("it is gone"), EngineUnavailable("no such provider")])
def test_an_engine_that_cannot_get_ready_for_a_size_costs_no_other_camera(error: Exception) -> None:
    rig = Rig(live("a", size=(16, 8)), live("b"))
    rig.restorers["m"].fails = lambda frames: error if frames[0].camera == "a" else None
    rig.rounds(2)
    assert rig.lanes["a"].snapshot().engine_failures == 1
    assert rig.lanes["b"].snapshot().frames_out == 1
    assert not rig.lanes["a"].done


def test_a_files_frame_is_tried_again_after_a_pause() -> None:
    rig = Rig(TwinSource("a", frames=[frame(0, "a"), frame(1, "a")]))
    rig.restorers["m"].fails = broken("a", times=1)
    rig.rounds(3)
    assert rig.calls == [[("a", 0)]]
    rig.clock.advance(0.1)
    rig.rounds(2)
    assert rig.calls == [[("a", 0)], [("a", 0)], [("a", 1)]]


def test_a_frame_that_comes_twice_is_cleaned_once() -> None:
    """Frames of these twins are grey, as bright as their number."""
    first, second = frame(7, "a"), frame(8, "a")
    again, cut = replace(first, pts=99), replace(second, pts=100, discontinuity=True)
    rig = Rig(TwinSource("a", frames=[first, again, second, cut]).end())
    received = []
    rig.lanes["a"].outlets.sinks[0].offer = received.append  # type: ignore[method-assign]
    rig.rounds(6)
    assert rig.calls == [[("a", 7)], [("a", 8)], [("a", 8)]]
    assert [each.before.pts for each in received] == [first.pts, 99, second.pts, 100]
    assert received[1].image is received[0].image
    assert rig.lanes["a"].done


def run_for(rig: Rig, seconds: int) -> None:
    for second in range(seconds):
        for lane in rig.lanes.values():
            if lane.source.live and not lane.done:
                lane.source.feed(frame(second, lane.name, lane.size or (8, 4)))
        rig.rounds(len(rig.lanes))
        rig.clock.advance(1.0)


def test_a_live_camera_the_network_fails_on_for_minutes_comes_back_when_it_works() -> None:
    rig = Rig(live("a"), live("b", size=(16, 8)))
    rig.restorers["m"].fails = lambda frames: MemoryError("no room") if frames[0].camera == "a" else None
    run_for(rig, 120)
    stuck = rig.lanes["a"].snapshot()
    assert stuck.state == "retrying"
    assert "MemoryError: no room" in stuck.message
    assert stuck.error is not None
    assert 8 < stuck.engine_failures < 14, "ever more seldom"
    rig.restorers["m"].fails = lambda frames: None
    run_for(rig, 40)
    assert rig.lanes["a"].snapshot().state == "running"
    assert rig.lanes["a"].snapshot().frames_out > 8
    assert rig.lanes["b"].snapshot().frames_out > 150


def test_a_network_that_fails_for_all_live_cameras_ends_them_with_the_reason() -> None:
    away = TwinSource("c", live=True)
    away.state = CaptureState.RETRYING
    rig = Rig(live("a"), live("b"), away)
    rig.restorers["m"].fails = lambda frames: EngineFailed("the device is gone")
    run_for(rig, 30)
    assert rig.scheduler.finished
    assert all("the device is gone" in lane.snapshot().message for lane in rig.lanes.values())


def test_a_file_the_network_always_fails_on_is_given_up_with_the_reason() -> None:
    source = TwinSource("a", frames=[frame(0, "a")])
    rig = Rig(source, live("b", size=(16, 8)))
    rig.restorers["m"].fails = broken("a", times=100)
    for _ in range(40):
        rig.rounds(1)
        rig.clock.advance(1.0)
    snapshot = rig.lanes["a"].snapshot()
    assert snapshot.state == "failed"
    assert "out of memory" in snapshot.message
    assert snapshot.engine_failures == 6
    assert not rig.lanes["b"].done


def test_a_frame_of_a_new_size_is_not_lost() -> None:
    a, b = live("a"), live("b")
    rig = Rig(a, b)
    rig.rounds(1)
    a.feed(frame(1, "a"))
    b.feed(frame(1, "b", (16, 8)))
    rig.rounds(2)
    assert rig.calls[1:] == [[("a", 1)], [("b", 1)]]


def test_a_source_has_not_ended_while_its_last_frame_is_in_the_network() -> None:
    source = TwinSource("a", frames=[frame(0, "a")]).end()
    rig = Rig(source)
    seen: list[str] = []
    rig.restorers["m"].fails = lambda frames: seen.append(rig.lanes["a"].snapshot().state)
    rig.rounds(1)
    assert seen == ["running"]
    rig.rounds(1)
    assert rig.lanes["a"].snapshot().state == "ended"
