"""Frames of several cameras gathered into one call; who is told of snow; files of the real pipeline."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from twins import TwinMemory, TwinParts, TwinRestorer, TwinSink, TwinSource, frame, wait_for

from streamdesnow.clock import ManualClock
from streamdesnow.config.load import load_pipeline
from streamdesnow.pipeline.lane import Lane
from streamdesnow.pipeline.notice import Notice, Notices
from streamdesnow.pipeline.outlets import Outlets
from streamdesnow.pipeline.scheduler import Scheduler
from streamdesnow.pipeline.signal import Signal
from streamdesnow.pipeline.sink_runner import SinkRunner
from streamdesnow.pipeline.snow_watch import SnowWatch
from streamdesnow.pipeline.supervisor import Pipeline
from streamdesnow.pipeline.worker import Worker
from streamdesnow.restore.gate import Snowfall


class Wait:
    """A signal that lets time pass, and something happen, instead of waiting."""

    def __init__(self, clock: ManualClock, *happens: Callable[[], None]) -> None:
        self.waits: list[float] = []
        self._clock = clock
        self._happens = list(happens)

    def wait(self, seconds: float) -> None:
        self.waits.append(round(seconds, 6))
        if self._happens:
            self._clock.advance(0.004)
            self._happens.pop(0)()
        else:
            self._clock.advance(seconds)


def two(*happens: Callable[[], None], wait: float = 0.01) -> tuple[TwinSource, TwinSource, Scheduler, Wait]:
    clock = ManualClock()
    sources = TwinSource("a", live=True), TwinSource("b", live=True)
    restorer = TwinRestorer()
    lanes = [
        Lane(source, "m", TwinMemory(), Outlets((SinkRunner(TwinSink(), 9, clock),)), clock)
        for source in sources
    ]
    signal = Wait(clock, *happens)
    scheduler = Scheduler(lanes, {"m": restorer}, 8, signal, wait=wait, clock=clock)
    for source in sources:
        source.feed(frame(0, source.camera))
    scheduler.run_once()
    scheduler.calls = restorer.calls  # type: ignore[attr-defined]
    return *sources, scheduler, signal


def test_a_frame_waits_for_that_of_another_camera() -> None:
    a, b, scheduler, signal = two(lambda: b.feed(frame(1, "b")))
    a.feed(frame(1, "a"))
    assert scheduler.run_once() == 2
    assert signal.waits == [0.01]


def test_it_waits_no_longer_than_it_may() -> None:
    a, _, scheduler, signal = two(lambda: None)
    a.feed(frame(1, "a"))
    assert scheduler.run_once() == 1
    assert signal.waits == [0.01, 0.006]


def test_without_a_budget_nobody_waits() -> None:
    a, _, scheduler, signal = two(wait=0.0)
    a.feed(frame(1, "a"))
    assert scheduler.run_once() == 1
    assert signal.waits == []


def test_nobody_waits_for_a_camera_that_has_gone_quiet() -> None:
    a, _, scheduler, signal = two()
    for index in range(1, 4):
        signal._clock.advance(0.6)
        a.feed(frame(index, "a"))
        scheduler.run_once()
    assert len(signal.waits) == 1, "only while the other was heard of in the last second"


def test_a_signal_set_while_nobody_waits_is_not_lost() -> None:
    signal = Signal()
    signal.set()
    done = Worker("waiter", lambda: signal.wait(60))
    done.start()
    assert done.join(20)


def test_a_frame_wakes_the_scheduler() -> None:
    source = TwinSource("a", live=True)
    sink = TwinSink("record[a]")
    stage = TwinParts(source, TwinSource("b", live=True), sinks=[sink])
    pipeline = Pipeline(stage.config(), parts=stage.parts)
    running = Worker("run", pipeline.run)
    running.start()
    wait_for(lambda: threading.active_count() > 2)
    source.feed(frame(7, "a"))
    wait_for(lambda: sink.indices == [7])
    pipeline.stop()
    assert running.join(20)


def test_snow_that_starts_and_stops_is_told_once(caplog: pytest.LogCaptureFixture) -> None:
    told: list[Notice] = []
    watch = SnowWatch("gate", Notices(told.append, ManualClock()))
    caplog.set_level("INFO")
    for percent, falling in ((0.0, False), (2.0, True), (2.5, True), (0.0, False), (0.0, False)):
        watch.see(Snowfall(percent, falling))
    watch.see(None)
    assert [notice.kind for notice in told] == ["snow_started", "snow_stopped"]
    assert "gate: snow has started (2.0 %), frames are cleaned" in caplog.text


def test_a_pipeline_file_may_say_all_of_it(tmp_path: object) -> None:
    path = tmp_path / "p.yaml"  # type: ignore[operator]
    path.write_text(
        "restore: {when: snowing, wait: 10ms, snowfall: {start: 0.5, hold: 1min}}\n"
        "overload: {policy: lower-rate, recover: 30s}\n"
        "cameras:\n"
        "  gate: {source: a.mp4, priority: 3, overload: pass, when: always}\n"
        "  yard: {source: b.mp4}\n"
        "outputs: [{null: {}}]\n"
    )
    config = load_pipeline(path)
    stage = TwinParts(TwinSource("gate").end(), TwinSource("yard").end())
    with Pipeline(config, parts=stage.parts) as pipeline:
        gate, yard = pipeline._lanes
    assert (gate.rank.priority, gate.rank.relief.policy) == (3, "pass")
    assert (yard.rank.priority, yard.rank.relief.policy) == (0, "lower-rate")


def test_the_smaller_model_is_loaded_at_the_start_where_a_camera_may_need_it() -> None:
    stage = TwinParts(TwinSource("gate").end())
    config = stage.config(overload={"policy": "smaller-model", "smaller_model": "tiny"})
    with Pipeline(config, parts=stage.parts):
        assert set(stage.restorers) == {"fixed-camera", "tiny"}
