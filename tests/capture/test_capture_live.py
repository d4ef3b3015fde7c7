"""Cameras: real RTSP servers that stop, freeze, refuse and come back."""

from __future__ import annotations

import itertools
import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from fractions import Fraction
from pathlib import Path

import av
import pytest
from clips import numbered_frame, read_number, write_clip
from rtsp_server import RtspServer, Scheme, SilentServer, free_port

from streamdesnow.capture.factory import make_source
from streamdesnow.capture.source import CaptureState, CaptureStatus, Source
from streamdesnow.clock import SystemClock
from streamdesnow.config.camera import CameraConfig
from streamdesnow.errors import (
    SourceNotFound,
    SourceRefused,
    SourceStalled,
    SourceUnreachable,
    SourceUnsupported,
)
from streamdesnow.frame import Frame

PATIENCE = 30.0
PASSWORD = "p@ss:/#%ü"

Start = Callable[..., Source]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("clips")
    write_clip(folder / "clip.mp4", 100)
    write_clip(folder / "hevc.mp4", 50, codec="libx265", options={"x265-params": "log-level=none:bframes=0"})
    return folder


@pytest.fixture
def server(folder: Path) -> Iterator[RtspServer]:
    with RtspServer(folder) as server:
        yield server


@pytest.fixture
def start() -> Iterator[Start]:
    sources: list[Source] = []

    def opened(address: str, **settings: object) -> Source:
        config = CameraConfig.model_validate({"source": address, **settings})
        sources.append(make_source("gate", config, SystemClock()))
        sources[-1].open()
        return sources[-1]

    yield opened
    for source in sources:
        source.close()


def next_frame(source: Source) -> Frame:
    frame = source.read(PATIENCE)
    assert frame is not None, source.status
    return frame


def until(source: Source, condition: Callable[[CaptureStatus], bool]) -> CaptureStatus:
    """Reads frames until the status is as wished."""
    deadline = time.monotonic() + PATIENCE
    while not condition(status := source.status):
        assert time.monotonic() < deadline, status
        source.read(0.05)
    return status


def until_failed(source: Source) -> CaptureStatus:
    return until(source, lambda status: status.state is CaptureState.RETRYING)


@pytest.mark.parametrize("path", ["clip.mp4", "hevc.mp4"])
def test_frames_of_a_camera_come_in_order(server: RtspServer, start: Start, path: str) -> None:
    source = start(server.url(path))
    frames = [next_frame(source) for _ in range(10)]
    assert source.live
    assert source.status.state is CaptureState.RUNNING
    assert frames[0].discontinuity
    indexes = [frame.index for frame in frames]
    assert indexes == sorted(set(indexes))
    shown = [read_number(frame.image) for frame in frames]
    steps = [(later.pts - earlier.pts) // 3600 for earlier, later in itertools.pairwise(frames)]
    assert [b - a for a, b in itertools.pairwise(shown)] == steps


def test_the_shape_of_a_cameras_pixels_is_known_from_the_first_frame_on(tmp_path: Path, start: Start) -> None:
    write_clip(tmp_path / "squeezed.mp4", 50, sar=Fraction(16, 11))
    with RtspServer(tmp_path) as server:
        assert next_frame(start(server.url("squeezed.mp4"))).sar == Fraction(16, 11)


def test_a_reader_that_was_away_gets_the_newest_frame_and_the_rest_is_counted(
    server: RtspServer, start: Start
) -> None:
    source = start(server.url("clip.mp4"))
    first = next_frame(source)
    deadline = time.monotonic() + PATIENCE
    while source.status.frames < first.index + 20 and time.monotonic() < deadline:
        time.sleep(0.02)
    newest = next_frame(source)
    assert newest.index >= first.index + 18
    status = source.status
    assert status.dropped >= 17
    assert status.frames - status.dropped <= 4, "read twice; one may be waiting, one on its way"


def test_every_frame_of_a_camera_is_delivered_if_asked(server: RtspServer, start: Start) -> None:
    source = start(server.url("clip.mp4"), live=False)
    assert [next_frame(source).index for _ in range(30)] == list(range(30))
    assert source.status.dropped == 0


def test_a_camera_that_goes_comes_back_with_a_discontinuity(server: RtspServer, start: Start) -> None:
    source = start(server.url("clip.mp4"))
    before = next_frame(source)
    server.stop()
    status = until(source, lambda status: status.restarts >= 2)
    assert isinstance(status.error, SourceUnreachable)
    while source.read(0) is not None:
        pass
    server.start()
    after = next_frame(source)
    assert after.discontinuity
    assert after.index > before.index
    assert until(source, lambda status: status.state is CaptureState.RUNNING).message == ""


def test_a_camera_that_freezes_is_noticed_from_outside_and_opened_again(
    server: RtspServer, start: Start
) -> None:
    source = start(server.url("clip.mp4"), stall=1.0)
    next_frame(source)
    server.freeze()
    status = until_failed(source)
    assert isinstance(status.error, SourceStalled)
    assert "no frame for 1 s" in status.message
    server.thaw()
    while not next_frame(source).discontinuity:
        pass


def test_a_camera_that_never_answers_does_not_disturb_another(server: RtspServer, start: Start) -> None:
    with SilentServer() as silent:
        mute = start(silent.url(), stall=1.0)
        good = start(server.url("clip.mp4"))
        status = until_failed(mute)
        assert isinstance(status.error, SourceUnreachable)
        assert "does not answer" in status.message
        until(mute, lambda status: status.restarts >= 2)
        next_frame(good)
        assert good.status.restarts == 0


@pytest.mark.parametrize("scheme", ["digest", "basic"])
def test_a_password_of_any_characters_opens_the_door(folder: Path, start: Start, scheme: Scheme) -> None:
    with RtspServer(folder, username="gate@work", password=PASSWORD, scheme=scheme) as server:
        source = start(server.url("clip.mp4"), username="gate@work", password=PASSWORD)
        next_frame(source)


def test_a_wrong_password_is_refused_and_shown_nowhere(
    folder: Path, start: Start, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    with RtspServer(folder, username="gate", password="right") as server:
        source = start(server.url("clip.mp4"), username="gate", password=PASSWORD)
        status = until_failed(source)
        assert isinstance(status.error, SourceRefused)
        assert "401" in status.message
        assert "check username and password" in status.message
        server.password = PASSWORD
        next_frame(source)
    assert PASSWORD not in f"{status!r} {caplog.text}"
    assert "p%40ss" not in f"{status!r} {caplog.text}"


def test_a_missing_login_is_asked_for(folder: Path, start: Start) -> None:
    with RtspServer(folder, username="gate", password="right") as server:
        status = until_failed(start(server.url("clip.mp4")))
        assert isinstance(status.error, SourceRefused)
        assert "set username and password" in status.message


def test_an_unknown_path_is_not_found(server: RtspServer, start: Start) -> None:
    status = until_failed(start(server.url("nothing.mp4")))
    assert isinstance(status.error, SourceNotFound)
    assert "404" in status.message


def test_a_forbidden_path_is_refused(folder: Path, start: Start) -> None:
    with RtspServer(folder, statuses={"/clip.mp4": 403}) as server:
        status = until_failed(start(server.url("clip.mp4")))
        assert isinstance(status.error, SourceRefused)
        assert "403" in status.message


def test_a_transport_that_the_server_does_not_have_is_unsupported(server: RtspServer, start: Start) -> None:
    status = until_failed(start(server.url("clip.mp4"), transport="udp"))
    assert isinstance(status.error, SourceUnsupported)
    assert "transport" in status.message


def test_a_closed_port_is_unreachable(start: Start) -> None:
    status = until_failed(start(f"rtsp://127.0.0.1:{free_port()}/clip.mp4"))
    assert isinstance(status.error, SourceUnreachable)
    assert "refuses connections" in status.message


def test_an_unknown_host_is_unreachable(start: Start) -> None:
    status = until_failed(start("rtsp://no-such-camera.invalid/clip.mp4"))
    assert isinstance(status.error, SourceUnreachable)
    assert "no-such-camera.invalid" in status.message


@pytest.mark.parametrize(("scheme", "sender_side"), [("udp", ""), ("tcp", "?listen=1")])
def test_a_bare_transport_stream_is_read_without_knocking(
    scheme: str, sender_side: str, start: Start
) -> None:
    """UDP has no door to knock at, and a sender by TCP that takes one connection would be gone after it."""
    address = f"{scheme}://127.0.0.1:{free_port()}"
    ended = threading.Event()
    sender = threading.Thread(target=_send_for_ever, args=(address + sender_side, ended), daemon=True)
    sender.start()
    source = start(address)
    shown = [read_number(next_frame(source).image) for _ in range(5)]
    ended.set()
    assert shown == sorted(set(shown))
    source.close()
    sender.join(PATIENCE)
    assert not sender.is_alive()


def _send_for_ever(address: str, ended: threading.Event) -> None:
    """Numbered frames as H.264 in an MPEG transport stream, a key frame every ten."""
    with (
        suppress(av.error.FFmpegError),  # the reader has hung up
        av.open(address, "w", format="mpegts") as container,
    ):
        stream = container.add_stream("libx264", rate=25, options={"g": "10", "tune": "zerolatency"})
        stream.width, stream.height = 320, 240
        for number in itertools.count():
            if ended.wait(0.04):
                break
            frame = av.VideoFrame.from_ndarray(numbered_frame(number % 4096), format="bgr24")
            container.mux(stream.encode(frame))


def test_opencv_reads_a_camera_if_asked(server: RtspServer, start: Start) -> None:
    source = start(server.url("clip.mp4"), reader="opencv")
    shown = [read_number(next_frame(source).image) for _ in range(5)]
    assert shown == sorted(set(shown))


def test_a_camera_says_goodbye_when_closed(server: RtspServer, start: Start) -> None:
    source = start(server.url("clip.mp4"))
    next_frame(source)
    source.close()
    assert "TEARDOWN" in server.requests
    assert source.status.state is CaptureState.STOPPED
