"""Files and simulated cameras, read by real processes that crash, hang and are killed."""

from __future__ import annotations

import logging
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path

import cv2
import pytest
from clips import numbered_frame, numbered_frames, read_number, write_clip, write_clip_with_sound

from streamdesnow.capture.factory import make_source
from streamdesnow.capture.process import PROGRAM, CaptureProcess
from streamdesnow.capture.source import CaptureState
from streamdesnow.capture.spec import SourceSpec
from streamdesnow.capture.worker import CaptureWorker
from streamdesnow.clock import SystemClock
from streamdesnow.config.camera import CameraConfig, SimulatedConfig
from streamdesnow.errors import (
    SourceDamaged,
    SourceNotFound,
    SourceStalled,
    SourceUnsupported,
)
from streamdesnow.frame import Frame

PATIENCE = 30.0
FINAL = {CaptureState.ENDED, CaptureState.FAILED}

Start = Callable[..., CaptureWorker]


@pytest.fixture
def start() -> Iterator[Start]:
    """Opens a source and closes it after the test."""
    workers: list[CaptureWorker] = []

    def opened(source: object, program: str = PROGRAM, **settings: object) -> CaptureWorker:
        config = CameraConfig.model_validate({"source": source, **settings})
        spec = SourceSpec.from_config("gate", config)
        worker = CaptureWorker(spec, config.stall, config.retry, SystemClock(), CaptureProcess(program))
        worker.open()
        workers.append(worker)
        return worker

    yield opened
    for worker in workers:
        worker.close()


def next_frame(worker: CaptureWorker) -> Frame:
    frame = worker.read(PATIENCE)
    assert frame is not None, worker.status
    return frame


def rest(worker: CaptureWorker) -> list[Frame]:
    """All frames until the source has ended or failed."""
    frames = []
    deadline = time.monotonic() + PATIENCE
    while worker.status.state not in FINAL:
        assert time.monotonic() < deadline, worker.status
        frame = worker.read(1.0)
        if frame is not None:
            frames.append(frame)
    return frames


def numbers(frames: list[Frame]) -> list[int]:
    return [read_number(frame.image) for frame in frames]


def sabotaged(action: str, *, at: int, times: int = 1000) -> str:
    """A capture process's program in which decoding frame `at` does something bad, so many times in all."""
    return f"""
import os, pathlib, signal, time
from streamdesnow.capture.av_pixels import PixelConverter
tally = pathlib.Path(os.environ["TALLY"])
original, seen = PixelConverter.to_bgr, []
def to_bgr(self, frame, *canvas):
    seen.append(frame)
    if len(seen) == {at} + 1 and len(tally.read_text()) < {times}:
        tally.write_text(tally.read_text() + "x")
        {action}
    return original(self, frame, *canvas)
PixelConverter.to_bgr = to_bgr
{PROGRAM}
"""


CRASH = "os.kill(os.getpid(), signal.SIGSEGV)"


@pytest.fixture(autouse=True)
def tally(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "tally"
    path.touch()
    monkeypatch.setenv("TALLY", str(path))
    return path


@pytest.mark.parametrize("reader", ["av", "opencv"])
def test_frames_know_the_shape_of_their_pixels(start: Start, tmp_path: Path, reader: str) -> None:
    clip = write_clip(tmp_path / "clip.mp4", 3, sar=Fraction(16, 11))
    assert {frame.sar for frame in rest(start(str(clip), reader=reader))} == {Fraction(16, 11)}


def test_every_frame_of_a_film_is_delivered_however_slow_the_reader(start: Start, tmp_path: Path) -> None:
    worker = start(str(write_clip(tmp_path / "clip.mkv", 60)))
    first = next_frame(worker)
    # All slots fill up meanwhile; nothing may be lost.
    frames = [first, *rest(worker)]
    assert numbers(frames) == list(range(60))
    assert [frame.index for frame in frames] == list(range(60))
    assert [frame.pts for frame in frames] == [number * 40 for number in range(60)]
    assert {frame.time_base for frame in frames} == {Fraction(1, 1000)}
    assert [frame.discontinuity for frame in frames] == [True, *[False] * 59]
    status = worker.status
    assert (status.state, status.frames, status.dropped, status.restarts) == (CaptureState.ENDED, 60, 0, 0)


def test_frames_are_the_readers_own_and_not_to_be_written_to(start: Start, tmp_path: Path) -> None:
    worker = start(str(write_clip(tmp_path / "clip.mkv", 20)))
    frames = rest(worker)
    assert numbers(frames) == list(range(20)), "later frames have not overwritten earlier ones"
    with pytest.raises(ValueError, match="read-only"):
        frames[0].image[0, 0] = 0


def test_capture_times_are_on_the_pipelines_clock(start: Start, tmp_path: Path) -> None:
    before = time.monotonic()
    frames = rest(start(str(write_clip(tmp_path / "clip.mkv", 5))))
    assert before < frames[0].captured_at <= frames[-1].captured_at < time.monotonic()


def test_a_change_of_size_in_the_middle_is_followed(start: Start, tmp_path: Path) -> None:
    large = write_clip(tmp_path / "a.ts", 12, size=(320, 240)).read_bytes()
    small = write_clip(tmp_path / "b.ts", numbered_frames(12, (200, 120), 100)).read_bytes()
    (tmp_path / "both.ts").write_bytes(large + small + large)
    frames = rest(start(str(tmp_path / "both.ts")))
    assert numbers(frames) == [*range(12), *range(100, 112), *range(12)]
    assert [frame.size for frame in frames] == [(320, 240)] * 12 + [(200, 120)] * 12 + [(320, 240)] * 12
    jumps = [number for number, frame in enumerate(frames) if frame.discontinuity]
    assert jumps == [0, 12, 24], "each part begins anew"


def test_a_loop_goes_round_and_says_where_it_begins(start: Start, tmp_path: Path) -> None:
    worker = start(str(write_clip(tmp_path / "clip.mkv", 5)), loop=True)
    frames = [next_frame(worker) for _ in range(12)]
    assert numbers(frames) == [number % 5 for number in range(12)]
    assert [frame.index for frame in frames if frame.discontinuity] == [0, 5, 10]


def test_pictures_are_read_like_a_film(start: Start, tmp_path: Path) -> None:
    for number in range(3):
        cv2.imwrite(str(tmp_path / f"{number}.png"), numbered_frame(number))
    frames = rest(start(str(tmp_path), fps=10))
    assert numbers(frames) == [0, 1, 2]
    assert [frame.seconds for frame in frames] == pytest.approx([0, 0.1, 0.2])


def test_opencv_can_be_asked_for(start: Start, tmp_path: Path) -> None:
    frames = rest(start(str(write_clip(tmp_path / "clip.mkv", 10)), reader="opencv"))
    assert numbers(frames) == list(range(10))


def test_a_simulated_camera_draws_its_whole_film(start: Start) -> None:
    film = SimulatedConfig(size=(64, 48), fps=10, duration=0.5)
    frames = rest(start(film))
    assert [(frame.pts, frame.time_base) for frame in frames] == [
        (9000 * n, Fraction(1, 90000)) for n in range(5)
    ]
    assert {frame.size for frame in frames} == {(64, 48)}


def test_a_simulated_camera_in_real_time_is_live(start: Start) -> None:
    worker = start(SimulatedConfig(size=(64, 48), fps=50, duration=1.0), realtime=True)
    assert worker.live
    frames = rest(worker)
    status = worker.status
    assert status.state is CaptureState.ENDED
    assert status.frames == 50
    assert len(frames) + status.dropped == 50


@pytest.mark.parametrize(
    ("content", "error"), [(None, SourceNotFound), (b"", SourceDamaged), (b"text " * 99, SourceUnsupported)]
)
def test_a_file_that_cannot_be_read_fails_for_good(
    start: Start, tmp_path: Path, content: bytes | None, error: type[Exception]
) -> None:
    if content is not None:
        (tmp_path / "bad.mp4").write_bytes(content)
    worker = start(str(tmp_path / "bad.mp4"))
    assert rest(worker) == []
    status = worker.status
    assert (status.state, status.restarts) == (CaptureState.FAILED, 0)
    assert isinstance(status.error, error)
    assert "gate" in status.message
    assert "bad.mp4" in status.message


def test_sound_that_is_left_out_is_mentioned_once(
    start: Start, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    rest(start(str(write_clip_with_sound(tmp_path / "clip.mp4")), loop=False))
    rest(start(str(write_clip(tmp_path / "mute.mp4", 5))))
    said = [record.message for record in caplog.records if "has sound" in record.message]
    assert said == [f"gate: {tmp_path}/clip.mp4: has sound, which no output of a pipeline takes"]


def test_a_killed_process_costs_one_restart_and_no_frame(start: Start, tmp_path: Path) -> None:
    worker = start(str(write_clip(tmp_path / "clip.mkv", 60)))
    frames = [next_frame(worker) for _ in range(10)]
    assert worker.pid is not None
    os.kill(worker.pid, signal.SIGKILL)
    frames += rest(worker)
    assert numbers(frames) == list(range(60)), "nothing lost, nothing twice"
    assert [frame.index for frame in frames] == list(range(60))
    assert not any(frame.discontinuity for frame in frames[1:])
    assert (worker.status.state, worker.status.restarts) == (CaptureState.ENDED, 1)


def test_a_crash_that_does_not_come_again_costs_no_frame(start: Start, tmp_path: Path) -> None:
    worker = start(str(write_clip(tmp_path / "clip.mkv", 40)), sabotaged(CRASH, at=20, times=1))
    assert numbers(rest(worker)) == list(range(40))
    assert (worker.status.state, worker.status.restarts) == (CaptureState.ENDED, 1)
    assert "SIGSEGV" in str(worker.status.error)


def test_a_decoder_that_crashes_again_at_the_same_place_gives_up_the_file(
    start: Start, tmp_path: Path
) -> None:
    worker = start(str(write_clip(tmp_path / "clip.mkv", 40)), sabotaged(CRASH, at=20))
    assert numbers(rest(worker)) == list(range(20)), "what can be read is read, once"
    status = worker.status
    assert (status.state, status.restarts) == (CaptureState.FAILED, 1)
    assert isinstance(status.error, SourceDamaged)
    for word in ("gate", "clip.mkv", "frame 20", "SIGSEGV"):
        assert word in status.message


def test_a_decoder_that_hangs_is_ended_and_tried_once_more(start: Start, tmp_path: Path) -> None:
    clip = str(write_clip(tmp_path / "clip.mkv", 20))
    # A file may keep silent six times as long as a camera.
    worker = start(clip, sabotaged("time.sleep(1000)", at=5, times=1), stall=0.6)
    assert numbers(rest(worker)) == list(range(20))
    assert worker.status.restarts == 1
    assert isinstance(worker.status.error, SourceStalled)


def test_one_source_does_not_notice_anothers_crash(start: Start, tmp_path: Path) -> None:
    clip = str(write_clip(tmp_path / "clip.mkv", 40))
    bad, good = start(clip, sabotaged(CRASH, at=3)), start(clip)
    assert numbers(rest(good)) == list(range(40))
    rest(bad)
    assert bad.status.state is CaptureState.FAILED
    assert good.status.restarts == 0


def test_close_ends_the_process_and_the_waiting_reader(start: Start, tmp_path: Path) -> None:
    worker = start(str(write_clip(tmp_path / "clip.mkv", 10)), sabotaged("time.sleep(1000)", at=5))
    for _ in range(5):
        next_frame(worker)
    pid = worker.pid
    assert pid is not None
    results: list[Frame | None] = []
    reader = threading.Thread(target=lambda: results.append(worker.read(PATIENCE)))
    reader.start()
    worker.close()
    worker.close()
    reader.join(PATIENCE)
    assert results == [None]
    assert worker.status.state is CaptureState.STOPPED
    assert not Path(f"/proc/{pid}").exists()


def test_a_source_that_was_never_opened_can_be_closed(tmp_path: Path) -> None:
    source = make_source("gate", CameraConfig(source=str(tmp_path / "clip.mkv")), SystemClock())
    source.close()
    assert source.status.state is CaptureState.STOPPED


def test_reading_what_has_not_come_returns_none(start: Start, tmp_path: Path) -> None:
    assert start(str(write_clip(tmp_path / "clip.mkv", 1))).read(0) is None


def test_a_surprise_in_the_thread_costs_a_restart(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    receive, left = CaptureProcess.receive, [1]

    def fails_once(process: CaptureProcess, timeout: float) -> object:
        if left[0]:
            left[0] -= 1
            raise MemoryError("no room")
        return receive(process, timeout)

    monkeypatch.setattr(CaptureProcess, "receive", fails_once)
    worker = start(SimulatedConfig(size=(64, 48)), retry={"initial": 0.1, "maximum": 0.1})
    assert next_frame(worker).size == (64, 48)
    assert worker.status.restarts == 1
