from __future__ import annotations

from streamdesnow.capture.source import CaptureState
from streamdesnow.errors import EngineFailed, SinkRefused, SourceNotFound, SourceUnreachable, StorageFailed
from streamdesnow.pipeline.verdict import hopeless, judge
from streamdesnow.status.snapshot import CameraSnapshot, PartState, PipelineSnapshot, SinkSnapshot

GOOD = SinkSnapshot("record[a]", PartState.CLOSED, keeps_all=True, offered=9, written=9)


def verdict(*cameras: CameraSnapshot) -> tuple[tuple[str, ...], int]:
    return judge(PipelineSnapshot(1.0, (), cameras))


def test_all_well_is_exit_code_0() -> None:
    assert verdict(CameraSnapshot("a", CaptureState.ENDED, frames_out=9, sinks=(GOOD,))) == ((), 0)


def test_a_camera_that_failed_is_exit_code_3_and_the_line_names_it_once() -> None:
    error = SourceNotFound("b: no such file: b.mp4")
    lines, code = verdict(
        CameraSnapshot("a", CaptureState.ENDED, frames_out=9, sinks=(GOOD,)),
        CameraSnapshot("b", CaptureState.FAILED, message=str(error), error=error),
    )
    assert (lines, code) == (("b: no such file: b.mp4",), 3)


def test_a_camera_that_never_came_is_a_problem_too() -> None:
    error = SourceUnreachable("connection refused")
    lines, code = verdict(CameraSnapshot("a", CaptureState.STOPPED, error=error))
    assert (lines, code) == (("a: gave no frame: connection refused",), 3)


def test_a_camera_that_was_away_for_a_while_is_none() -> None:
    error = SourceUnreachable("connection refused")
    assert (
        verdict(CameraSnapshot("a", CaptureState.STOPPED, frames_out=9, error=error, sinks=(GOOD,)))[1] == 0
    )


def test_a_network_that_failed_is_exit_code_4() -> None:
    error = EngineFailed("out of memory")
    assert verdict(CameraSnapshot("a", CaptureState.FAILED, error=error))[1] == 4


def test_a_sink_that_never_worked_is_exit_code_5() -> None:
    push = SinkSnapshot(
        "push[a]", PartState.CLOSED, keeps_all=False, offered=9, dropped=9, error=SinkRefused("refused")
    )
    lines, code = verdict(CameraSnapshot("a", CaptureState.ENDED, frames_out=9, sinks=(GOOD, push)))
    assert (lines, code) == (("push[a]: wrote none of 9 frames: refused",), 5)


def test_a_push_that_lost_frames_but_worked_is_no_problem() -> None:
    push = SinkSnapshot("push[a]", PartState.CLOSED, keeps_all=False, offered=9, written=5, dropped=4)
    assert verdict(CameraSnapshot("a", CaptureState.ENDED, frames_out=9, sinks=(push,)))[1] == 0


def test_a_recorder_that_was_cut_off_is_a_problem() -> None:
    record = SinkSnapshot(
        "record[a]", PartState.CLOSED, True, offered=9, written=5, dropped=4, error=StorageFailed("disk full")
    )
    lines, code = verdict(CameraSnapshot("a", CaptureState.ENDED, frames_out=9, sinks=(record,)))
    assert (lines, code) == (("record[a]: 4 frames lost: disk full",), 5)


def retrying(error: Exception, failing_for: float = 1.0, written: int = 0) -> SinkSnapshot:
    return SinkSnapshot(
        "record[a]", PartState.RETRYING, True, written=written, failing_for=failing_for, error=error
    )


def camera(*sinks: SinkSnapshot, live: bool = False) -> CameraSnapshot:
    return CameraSnapshot("a", CaptureState.RUNNING, live=live, sinks=sinks)


def test_there_is_no_hope_when_no_sink_can_write() -> None:
    error = StorageFailed("read-only")
    assert hopeless(camera(retrying(error))) is error
    assert hopeless(camera(retrying(error), live=True)) is error


def test_there_is_hope_while_one_sink_works_or_a_server_may_come_back() -> None:
    error = StorageFailed("read-only")
    assert hopeless(camera(retrying(error), GOOD)) is None
    assert hopeless(camera(retrying(error), retrying(SinkRefused("away")))) is None
    assert hopeless(camera()) is None


def test_a_live_camera_waits_for_a_disk_that_once_worked_a_file_does_not_for_long() -> None:
    full = StorageFailed("disk full")
    assert hopeless(camera(retrying(full, failing_for=999, written=5), live=True)) is None
    assert hopeless(camera(retrying(full, failing_for=3, written=5))) is None
    assert hopeless(camera(retrying(full, failing_for=11, written=5))) is full
