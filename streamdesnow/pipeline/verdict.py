"""Whether a pipeline did its work, judged from what was counted."""

from __future__ import annotations

from dataclasses import dataclass

from streamdesnow.capture.source import CaptureState
from streamdesnow.errors import CaptureError, DetectorError, SinkError, SinkRefused
from streamdesnow.status.snapshot import CameraSnapshot, PartState, PipelineSnapshot, SinkSnapshot

__all__ = ["Summary", "hopeless", "judge"]

# A disk may be emptied and a folder mounted while a file waits; for longer than this it does not wait.
_FILE_PATIENCE = 10.0


@dataclass(frozen=True, slots=True)
class Summary:
    """How a run ended.

    Attributes:
        last: the last snapshot, taken when everything was closed.
        problems: what went wrong, one line each; empty if all is well.
        exit_code: 0, or the code of the first problem's error class (`streamdesnow.errors`).
        stopped: it was asked to stop.
        abandoned: something hangs in a thread that cannot be ended; leave by `os._exit`.
    """

    last: PipelineSnapshot
    problems: tuple[str, ...]
    exit_code: int
    stopped: bool = False
    abandoned: bool = False


def judge(last: PipelineSnapshot) -> tuple[tuple[str, ...], int]:
    """(problems, exit code) of a pipeline that was closed in this state.

    A camera that never gave a frame and says why, or failed for good, is a problem; so is a sink that was
    given frames and wrote none, or lost frames of a file, or could not finish what it wrote; so is a detector
    that does not work at the end or missed frames of a file; so are events that were lost.
    """
    found = [_camera_problem(camera) for camera in last.cameras]
    found += [_sink_problem(camera, sink) for camera in last.cameras for sink in camera.sinks]
    found.append(_detector_problem(last))
    found += [_events_problem(camera) for camera in last.cameras]
    problems = [problem for problem in found if problem is not None]
    lines = tuple(dict.fromkeys(text for _, text in problems))
    return lines, problems[0][0] if problems else 0


def hopeless(camera: CameraSnapshot) -> SinkError | None:
    """The error of a camera none of whose sinks can work; None while there is hope, or nothing to write yet.

    A server that is away may come back. So may a folder or a disk, which a live camera waits for if it once
    worked; a file would meanwhile run through for nothing.
    """
    errors: list[SinkError] = []
    for sink in camera.sinks:
        if not isinstance(sink.error, SinkError) or isinstance(sink.error, SinkRefused):
            return None
        if sink.failing_for is None or (sink.written and (camera.live or sink.failing_for < _FILE_PATIENCE)):
            return None
        errors.append(sink.error)
    return errors[0] if errors else None


def _camera_problem(camera: CameraSnapshot) -> tuple[int, str] | None:
    error = camera.error
    if camera.state is CaptureState.FAILED:
        reason = str(error) if error is not None else camera.message
        return (error or CaptureError()).exit_code, f"{camera.name}: {_bare(reason, camera.name)}"
    if camera.frames_out == 0 and error is not None:
        return error.exit_code, f"{camera.name}: gave no frame: {_bare(str(error), camera.name)}"
    return None


def _bare(message: str, name: str) -> str:
    # Messages of errors often name their camera or sink already.
    return message.removeprefix(f"{name}: ")


def _detector_problem(last: PipelineSnapshot) -> tuple[int, str] | None:
    detector = last.detector
    if detector is None:
        return None
    missed = sum(
        camera.detection.skipped
        for camera in last.cameras
        if camera.detection is not None and not camera.live
    )
    reason = f": {_bare(str(detector.error), detector.name)}" if detector.error is not None else ""
    if missed:
        return (
            DetectorError.exit_code,
            f"{detector.name}: {missed} frames of files were not looked at{reason}",
        )
    if detector.error is not None:
        return detector.error.exit_code, f"{detector.name}: does not work{reason}"
    return None


def _events_problem(camera: CameraSnapshot) -> tuple[int, str] | None:
    detection = camera.detection
    if detection is None or not (detection.events_lost or detection.error):
        return None
    reason = f": {detection.error}" if detection.error is not None else ""
    return SinkError.exit_code, f"events[{camera.name}]: {detection.events_lost} lost{reason}"


def _sink_problem(camera: CameraSnapshot, sink: SinkSnapshot) -> tuple[int, str] | None:
    if sink.error is not None and sink.error is camera.error:
        return None
    code = SinkError.exit_code
    reason = f": {_bare(str(sink.error), sink.name)}" if sink.error is not None else ""
    if sink.offered and not sink.written:
        return code, f"{sink.name}: wrote none of {sink.offered} frames{reason}"
    if sink.error is not None and sink.keeps_all:
        return code, f"{sink.name}: {sink.dropped} frames lost{reason}"
    if sink.dropped and sink.keeps_all and not camera.live and sink.state is not PartState.RUNNING:
        return code, f"{sink.name}: {sink.dropped} frames of a file lost{reason}"
    return None
