"""What is done about failures, hangs and crashes; time is moved by hand."""

from __future__ import annotations

import pytest

from streamdesnow.backoff import Backoff
from streamdesnow.capture.source import CaptureState
from streamdesnow.capture.supervision import Step, Supervision
from streamdesnow.config.camera import RetryConfig
from streamdesnow.errors import (
    SourceDamaged,
    SourceNotFound,
    SourceRefused,
    SourceStalled,
    SourceUnreachable,
)

STALL = 5.0


def camera(jitter: float = 0.0) -> Supervision:
    backoff = Backoff(RetryConfig(initial=0.5, maximum=2.0, jitter=jitter))
    refused = Backoff(RetryConfig(initial=0.5, maximum=60.0, jitter=jitter))
    return Supervision("gate", endless=True, stall=STALL, backoff=backoff, refused=refused, now=0.0)


def film() -> Supervision:
    waits = Backoff(RetryConfig())
    return Supervision("clip", endless=False, stall=STALL, backoff=waits, refused=waits, now=0.0)


def streaming(supervision: Supervision, now: float = 0.0, position: int = 0) -> Supervision:
    assert supervision.step(now, position) is Step.OPEN
    supervision.opened(now)
    supervision.arrived(now)
    return supervision


def test_a_source_is_opened_at_once_and_runs_with_its_first_frame() -> None:
    supervision = camera()
    assert supervision.step(0.0, 0) is Step.OPEN
    assert supervision.state is CaptureState.STARTING
    supervision.opened(0.1)
    assert supervision.state is CaptureState.STARTING
    supervision.arrived(0.2)
    assert supervision.state is CaptureState.RUNNING


def test_nothing_is_due_while_frames_come() -> None:
    supervision = streaming(camera())
    for tenth in range(1, 200):
        supervision.arrived(tenth / 10)
        assert supervision.step(tenth / 10, tenth) is Step.WAIT


def test_a_camera_that_stops_sending_is_killed_and_opened_again_at_once() -> None:
    supervision = streaming(camera())
    assert supervision.step(4.9, 1) is Step.WAIT
    assert supervision.wait(4.9) == pytest.approx(0.1)
    assert supervision.step(5.0, 1) is Step.KILL
    assert isinstance(supervision.error, SourceStalled)
    assert supervision.step(5.0, 1) is Step.OPEN


def test_an_open_that_never_returns_is_killed_too() -> None:
    supervision = camera()
    supervision.step(0.0, 0)
    supervision.alive(0.0)
    assert supervision.step(5.0, 0) is Step.KILL
    assert isinstance(supervision.error, SourceUnreachable)
    assert supervision.state is CaptureState.RETRYING


def test_a_process_that_is_slow_to_start_is_not_held_against_the_camera() -> None:
    supervision = camera()
    supervision.step(0.0, 0)
    assert supervision.step(20.0, 0) is Step.WAIT
    supervision.alive(20.0)
    assert supervision.step(24.9, 0) is Step.WAIT
    assert supervision.step(25.0, 0) is Step.KILL


def test_a_process_that_never_starts_is_killed() -> None:
    supervision = camera()
    supervision.step(0.0, 0)
    assert supervision.step(30.0, 0) is Step.KILL
    assert "did not start" in supervision.message


def test_a_camera_that_opens_and_sends_nothing_has_stalled() -> None:
    supervision = camera()
    supervision.step(0.0, 0)
    supervision.opened(1.0)
    assert supervision.step(6.0, 0) is Step.KILL
    assert isinstance(supervision.error, SourceStalled)


def test_signs_of_life_put_the_watchdog_off() -> None:
    supervision = camera()
    supervision.step(0.0, 0)
    supervision.alive(4.0)
    assert supervision.step(8.0, 0) is Step.WAIT


def test_waits_double_up_to_the_longest_and_begin_again_after_a_frame() -> None:
    supervision = camera()
    now, waits = 0.0, []
    for _ in range(4):
        assert supervision.step(now, 0) is Step.OPEN
        supervision.failed(SourceUnreachable("no route"), now)
        wait = supervision.wait(now)
        assert wait is not None
        waits.append(wait)
        now += wait
    assert waits == [0.5, 1.0, 2.0, 2.0]
    streaming(supervision, now)
    supervision.failed(SourceUnreachable("no route"), now)
    assert supervision.wait(now) == 0.5
    assert supervision.restarts == 5


def test_no_wait_is_longer_than_the_longest() -> None:
    supervision, now = camera(jitter=1.0), 0.0
    for _ in range(50):
        assert supervision.step(now, 0) is Step.OPEN
        supervision.failed(SourceUnreachable("no route"), now)
        wait = supervision.wait(now)
        assert wait is not None
        assert wait <= 2.0
        now += wait


def test_time_lost_in_a_slow_failure_counts_as_waiting() -> None:
    supervision = camera()
    supervision.step(0.0, 0)
    supervision.failed(SourceUnreachable("timed out"), 2.0)
    assert supervision.step(2.0, 0) is Step.OPEN


@pytest.mark.parametrize("error", [SourceRefused("401"), SourceNotFound("404"), SourceUnreachable("gone")])
def test_a_camera_is_tried_again_whatever_it_says(error: SourceRefused) -> None:
    supervision = camera()
    supervision.step(0.0, 0)
    supervision.failed(error, 0.0)
    assert (supervision.state, supervision.error) == (CaptureState.RETRYING, error)
    assert str(error) in supervision.message
    assert "trying again" in supervision.message


def test_a_camera_that_ends_its_stream_is_tried_again() -> None:
    supervision = streaming(camera())
    supervision.ended(0.0)
    assert supervision.state is CaptureState.RETRYING


def test_a_camera_whose_decoder_crashes_is_tried_again_for_ever() -> None:
    supervision, now = camera(), 0.0
    for _ in range(20):
        streaming(supervision, now, 7)
        supervision.crashed("was ended by SIGSEGV", now, 7)
        assert supervision.state is CaptureState.RETRYING
        now += 10


def test_recovery_clears_the_message_and_keeps_the_error() -> None:
    supervision = camera()
    supervision.step(0.0, 0)
    supervision.failed(SourceRefused("401"), 0.0)
    streaming(supervision, 1.0)
    assert (supervision.state, supervision.message) == (CaptureState.RUNNING, "")
    assert isinstance(supervision.error, SourceRefused)


def test_a_note_on_a_camera_is_shown_for_a_minute_of_frames() -> None:
    supervision = streaming(camera())
    supervision.note("3 packets could not be decoded", 0.0)
    supervision.arrived(60.0)
    assert supervision.message == "3 packets could not be decoded"
    supervision.arrived(60.1)
    assert supervision.message == ""


def test_a_note_on_a_film_stays() -> None:
    supervision = streaming(film())
    supervision.note("3 packets could not be decoded", 0.0)
    supervision.arrived(600.0)
    supervision.ended(600.0)
    assert supervision.message == "3 packets could not be decoded"


def test_a_film_ends() -> None:
    supervision = streaming(film())
    supervision.ended(1.0)
    assert (supervision.state, supervision.finished) == (CaptureState.ENDED, True)
    assert supervision.wait(1.0) is None


def test_a_film_that_cannot_be_read_has_failed() -> None:
    supervision = film()
    supervision.step(0.0, 0)
    supervision.failed(SourceNotFound("no such file"), 0.0)
    assert (supervision.state, supervision.message) == (CaptureState.FAILED, "no such file")


def test_a_film_that_crashes_twice_at_one_place_has_failed() -> None:
    supervision = streaming(film())
    supervision.crashed("was ended by SIGABRT", 1.0, 57)
    assert supervision.state is CaptureState.RETRYING
    streaming(supervision, 10.0, 57)
    supervision.crashed("was ended by SIGABRT", 10.0, 57)
    assert supervision.state is CaptureState.FAILED
    assert isinstance(supervision.error, SourceDamaged)
    for word in ("clip", "frame 57", "SIGABRT", "damaged"):
        assert word in supervision.message


def test_a_film_that_gets_further_each_time_is_given_a_few_chances() -> None:
    supervision, now = film(), 0.0
    for position in (10, 20, 30, 40):
        streaming(supervision, now, position)
        supervision.crashed("was ended by SIGKILL", now, position)
        now += 10
    assert supervision.state is CaptureState.FAILED


def test_a_film_that_hangs_twice_at_one_place_has_failed() -> None:
    supervision = streaming(film())
    assert supervision.step(6 * STALL, 3) is Step.KILL
    assert supervision.state is CaptureState.RETRYING
    streaming(supervision, 100.0, 3)
    assert supervision.step(100.0 + 6 * STALL, 3) is Step.KILL
    assert supervision.state is CaptureState.FAILED
    assert isinstance(supervision.error, SourceStalled)


def test_a_process_that_goes_after_the_end_is_no_crash() -> None:
    supervision = streaming(film())
    supervision.ended(1.0)
    supervision.crashed("ended with code 0", 1.0, 9)
    assert supervision.state is CaptureState.ENDED


def test_a_refused_login_is_tried_ever_more_seldom_and_other_failures_are_not() -> None:
    supervision = camera()
    now, waits = 0.0, []
    for error in [SourceRefused("401")] * 9 + [SourceUnreachable("away")] * 4:
        assert supervision.step(now, 0) is Step.OPEN
        supervision.alive(now)
        supervision.failed(error, now)
        waits.append(supervision.wait(now))
        now += waits[-1] or 0.0
    assert waits == pytest.approx([0.5, 1, 2, 4, 8, 16, 32, 60, 60, 0.5, 1, 2, 2])
