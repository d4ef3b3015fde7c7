"""The test servers themselves behave as cameras do."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import av
import pytest
from clips import numbered_frames, read_number, write_clip
from rtsp_server import RtspServer, Scheme, SilentServer

OPTIONS = {"rtsp_transport": "tcp"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("clips")
    write_clip(folder / "clip.mp4", 10)
    return folder


@pytest.fixture
def server(folder: Path) -> Iterator[RtspServer]:
    with RtspServer(folder, username="gate", password="p@ss:/#", statuses={"/locked.mp4": 403}) as server:
        yield server


def test_a_drawn_number_survives_encoding(tmp_path: Path) -> None:
    with av.open(str(write_clip(tmp_path / "clip.mp4", numbered_frames(5, start=1000)))) as clip:
        numbers = [read_number(frame.to_ndarray(format="bgr24")) for frame in clip.decode(video=0)]
    assert numbers == [1000, 1001, 1002, 1003, 1004]


def test_a_clip_plays_endlessly_with_the_right_password(server: RtspServer) -> None:
    with av.open(server.url("clip.mp4", credentials=True), options=OPTIONS, timeout=5) as stream:
        frames = stream.decode(video=0)
        numbers = [read_number(next(frames).to_ndarray(format="bgr24")) for _ in range(15)]
    assert set(numbers) == set(range(10))


@pytest.mark.parametrize("scheme", ["digest", "basic"])
def test_a_wrong_password_is_refused(folder: Path, scheme: Scheme) -> None:
    with (
        RtspServer(folder, username="gate", password="right", scheme=scheme) as server,
        pytest.raises(av.error.HTTPUnauthorizedError),
    ):
        av.open(server.url("clip.mp4").replace("//", "//gate:wrong@"), options=OPTIONS, timeout=5)


def test_other_paths_answer_as_told(server: RtspServer) -> None:
    server.username = None
    with pytest.raises(av.error.HTTPNotFoundError):
        av.open(server.url("nothing.mp4"), options=OPTIONS, timeout=5)
    with pytest.raises(av.error.HTTPForbiddenError):
        av.open(server.url("locked.mp4"), options=OPTIONS, timeout=5)


def test_a_stopped_server_refuses_and_comes_back_on_the_same_port(server: RtspServer) -> None:
    address = server.url("clip.mp4", credentials=True)
    server.stop()
    with pytest.raises(ConnectionRefusedError):
        av.open(address, options=OPTIONS, timeout=5)
    server.start()
    av.open(address, options=OPTIONS, timeout=5).close()


def test_a_silent_server_lets_clients_wait() -> None:
    with SilentServer() as server, pytest.raises(av.error.FFmpegError):
        av.open(server.url(), options=OPTIONS, timeout=0.3)
