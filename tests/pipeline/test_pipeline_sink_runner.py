from __future__ import annotations

import logging

import pytest
from twins import TwinSink, cleaned, wait_for

from streamdesnow.clock import ManualClock, SystemClock
from streamdesnow.config.camera import RetryConfig
from streamdesnow.errors import SinkError, SinkRefused, StorageFailed
from streamdesnow.pipeline.sink_runner import SinkRunner
from streamdesnow.status.snapshot import PartState


def runner(sink: TwinSink, clock: ManualClock | None = None, capacity: int = 4) -> SinkRunner:
    retry = RetryConfig(initial=1.0, maximum=4.0, jitter=0.0)
    return SinkRunner(sink, capacity, clock or ManualClock(), retry=retry)


def steps(run: SinkRunner, count: int) -> None:
    for _ in range(count):
        run.run_once(0)


def test_it_opens_the_sink_and_writes_in_order() -> None:
    sink = TwinSink()
    run = runner(sink)
    run.offer(cleaned(1))
    run.offer(cleaned(2))
    steps(run, 3)
    assert sink.opened == 1
    assert sink.indices == [1, 2]
    assert run.snapshot().state is PartState.RUNNING


def test_a_full_queue_drops_the_oldest_and_counts_it() -> None:
    sink = TwinSink()
    run = runner(sink, capacity=2)
    for index in range(5):
        run.offer(cleaned(index))
    assert not run.has_room
    steps(run, 3)
    assert sink.indices == [3, 4]
    assert run.snapshot().dropped == 3


def test_a_failed_write_closes_waits_and_opens_again() -> None:
    sink, clock = TwinSink(), ManualClock()
    run = runner(sink, clock)
    sink.write_error = SinkRefused("record[gate]: gone")
    run.offer(cleaned(1))
    steps(run, 2)
    assert sink.closed == 1
    assert run.snapshot().state is PartState.RETRYING
    assert "gone" in run.snapshot().message

    sink.write_error = None
    run.offer(cleaned(2))
    steps(run, 3)
    assert sink.opened == 1, "not before its time"
    clock.advance(1.0)
    steps(run, 2)
    assert sink.indices == [2]
    assert run.snapshot().state is PartState.RUNNING
    assert run.snapshot().restarts == 1
    assert run.snapshot().dropped == 1


def test_waits_between_tries_double_up_to_the_maximum() -> None:
    sink, clock = TwinSink(), ManualClock()
    run = runner(sink, clock)
    sink.open_error = StorageFailed("read-only")
    opened_at = []
    for _ in range(16):
        before = sink.opened
        run.run_once(0)
        if sink.opened > before:
            opened_at.append(clock.monotonic())
        clock.advance(1.0)
    assert opened_at == [0, 1, 3, 7, 11, 15]


def test_a_failing_sink_makes_nobody_wait_and_keeps_the_newest() -> None:
    sink, clock = TwinSink(keeps_all=True), ManualClock()
    run = runner(sink, clock, capacity=2)
    sink.open_error = StorageFailed("full")
    steps(run, 1)
    for index in range(5):
        assert run.has_room
        run.offer(cleaned(index))
    sink.open_error = None
    clock.advance(1.0)
    steps(run, 3)
    assert sink.indices == [3, 4]


def test_a_push_that_comes_back_starts_with_now() -> None:
    sink, clock = TwinSink("push[gate]", keeps_all=False), ManualClock()
    run = runner(sink, clock)
    sink.open_error = SinkRefused("away")
    steps(run, 1)
    run.offer(cleaned(1))
    sink.open_error = None
    clock.advance(1.0)
    steps(run, 1)
    run.offer(cleaned(2))
    steps(run, 1)
    assert sink.indices == [2]
    assert run.snapshot().dropped == 1


def test_a_flapping_sink_is_logged_once_until_it_has_settled(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    sink, clock = TwinSink(), ManualClock()
    run = runner(sink, clock)
    for index in range(6):
        sink.write_error = SinkRefused("gone") if index % 2 == 0 else None
        run.offer(cleaned(index))
        clock.advance(4.0)
        steps(run, 2)
    assert [record.message for record in caplog.records] == [
        "record[gate] does not work, is tried again until it does: gone"
    ]
    clock.advance(6.0)
    run.offer(cleaned(9))
    steps(run, 1)
    assert "works again" in caplog.records[-1].message
    assert len(caplog.records) == 2


def test_an_error_nobody_foresaw_is_a_failure_like_any_other() -> None:
    sink = TwinSink()
    run = runner(sink)
    sink.write_error = ZeroDivisionError("surprise")
    run.offer(cleaned(1))
    steps(run, 2)
    error = run.snapshot().error
    assert isinstance(error, SinkError)
    assert "ZeroDivisionError: surprise" in str(error)


def test_latency_counts_from_capture_to_written() -> None:
    sink, clock = TwinSink(), ManualClock()
    run = runner(sink, clock)
    run.offer(cleaned(1))
    clock.advance(0.25)
    steps(run, 2)
    latency = run.snapshot().latency
    assert latency is not None
    assert latency.p50 == 0.25


def test_finishing_writes_what_waits_then_closes() -> None:
    sink = TwinSink()
    run = runner(sink)
    run.offer(cleaned(1))
    run.offer(cleaned(2))
    run.start()
    run.finish()
    assert run.join(20)
    assert sink.indices == [1, 2]
    assert sink.closed == 1
    assert run.snapshot().state is PartState.CLOSED


def test_finishing_late_gives_up_what_waits_and_still_closes() -> None:
    sink, clock = TwinSink(), ManualClock()
    run = runner(sink, clock)
    steps(run, 1)
    run.offer(cleaned(1))
    run.finish(drain_until=5.0)
    clock.advance(5.0)
    assert not run.run_once(0)
    run.shut()
    assert sink.closed == 1
    assert run.snapshot().dropped == 1


def test_a_file_that_cannot_be_finished_is_an_error() -> None:
    sink = TwinSink()
    run = runner(sink)
    sink.close_error = StorageFailed("record[gate]: disk full")
    run.start()
    run.offer(cleaned(1))
    run.finish()
    assert run.join(20)
    assert "disk full" in str(run.snapshot().error)


def test_a_sink_that_makes_no_progress_says_so() -> None:
    sink, clock = TwinSink(), ManualClock()
    run = runner(sink, clock)
    sink.gate.clear()
    run.offer(cleaned(1))
    run.start()
    wait_for(lambda: run.snapshot().queued == 0)
    clock.advance(7.0)
    assert run.snapshot().message == "no progress for 7 s"
    sink.gate.set()
    run.finish()
    assert run.join(20)


def test_a_slow_sink_wakes_a_waiting_file_when_there_is_room() -> None:
    rooms = []
    sink = TwinSink()
    run = SinkRunner(sink, 1, SystemClock(), on_room=lambda: rooms.append(True))
    run.offer(cleaned(1))
    steps(run, 2)
    assert rooms
