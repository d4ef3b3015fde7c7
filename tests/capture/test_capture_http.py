"""Cameras and films over HTTP: JPEG streams, HLS, files, logins."""

from __future__ import annotations

import base64
import http.server
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import av
import cv2
import pytest
from clips import numbered_frame, numbered_frames, read_number, write_clip

from streamdesnow.capture.av_reader import AvReader
from streamdesnow.capture.factory import make_source
from streamdesnow.capture.reader import DecodedFrame
from streamdesnow.capture.source import CaptureState
from streamdesnow.capture.spec import SourceSpec
from streamdesnow.clock import SystemClock
from streamdesnow.config.camera import CameraConfig
from streamdesnow.errors import SourceNotFound, SourceRefused, SourceUnsupported

JPEGS_A_SECOND = 20


class Handler(http.server.SimpleHTTPRequestHandler):
    """Serves a folder, and at /jpegs a camera that sends JPEG after JPEG."""

    def do_GET(self) -> None:
        login = "Basic " + base64.b64encode(b"gate:p@ss").decode()
        if self.path == "/jpegs":
            self._send_jpegs()
        elif self.path.startswith("/locked") and self.headers.get("Authorization") != login:
            self.send_response(401)
            self.send_header("WWW-Authenticate", 'Basic realm="test"')
            self.end_headers()
        elif self.path == "/forbidden":
            self.send_error(403)
        else:
            super().do_GET()

    def _send_jpegs(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "multipart/x-mixed-replace; boundary=next")
        self.end_headers()
        pause = threading.Event()
        for number in range(1000):
            jpeg = cv2.imencode(".jpg", numbered_frame(number))[1].tobytes()
            head = f"--next\r\nContent-Type: image/jpeg\r\nContent-Length: {len(jpeg)}\r\n\r\n"
            try:
                self.wfile.write(head.encode() + jpeg + b"\r\n")
            except OSError:
                return
            pause.wait(1 / JPEGS_A_SECOND)

    def log_message(self, *_: object) -> None:
        """Quiet."""


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("web")
    write_clip(folder / "clip.mp4", 30)
    write_clip(folder / "locked.mp4", 3)
    (folder / "page.html").write_text("<html>a page</html>" * 50)
    write_playlist(folder / "index.m3u8", 50)

    def handler(*arguments: object) -> Handler:
        return Handler(*arguments, directory=str(folder))  # type: ignore[arg-type]

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def write_playlist(path: Path, count: int) -> None:
    with av.open(str(path), "w", format="hls", options={"hls_time": "1", "hls_list_size": "0"}) as container:
        stream = container.add_stream(
            "libx264", rate=25, options={"g": "25", "bf": "0", "preset": "ultrafast"}
        )
        stream.width, stream.height, stream.pix_fmt = 320, 240, "yuv420p"
        for image in numbered_frames(count):
            container.mux(stream.encode(av.VideoFrame.from_ndarray(image, format="bgr24")))
        container.mux(stream.encode(None))


def read(address: str, most: int, **settings: object) -> list[DecodedFrame]:
    config = CameraConfig.model_validate({"source": address, **settings})
    with AvReader(SourceSpec.from_config("gate", config)) as reader:
        return [frame for frame, _ in zip(reader, range(most), strict=False)]


def test_a_film_far_away_is_read_like_a_file(address: str) -> None:
    frames = read(f"{address}/clip.mp4", 100)
    assert [read_number(frame.image) for frame in frames] == list(range(30))


def test_a_film_far_away_ends(address: str) -> None:
    source = make_source("far", CameraConfig(source=f"{address}/clip.mp4"), SystemClock())
    source.open()
    try:
        count, deadline = 0, time.monotonic() + 30
        while source.status.state is not CaptureState.ENDED:
            assert time.monotonic() < deadline, source.status
            count += source.read(0.5) is not None
    finally:
        source.close()
    assert count == 30


def test_hls_is_read_with_its_time_stamps(address: str) -> None:
    frames = read(f"{address}/index.m3u8", 30)
    assert [read_number(frame.image) for frame in frames] == list(range(30))
    assert [frame.pts - frames[0].pts for frame in frames] == [3600 * number for number in range(30)]


def test_a_stream_of_jpegs_is_stamped_by_arrival(address: str) -> None:
    frames = read(f"{address}/jpegs", 20)
    shown = [read_number(frame.image) for frame in frames]
    assert shown == list(range(shown[0], shown[0] + 20))
    # FFmpeg would say 19/25 s; at this camera's rate it is more, on a busy machine much more.
    assert float((frames[-1].pts - frames[0].pts) * frames[0].time_base) > 0.85


def test_a_login_is_used(address: str) -> None:
    assert len(read(f"{address}/locked.mp4", 9, username="gate", password="p@ss")) == 3


def test_refusals_are_told_apart(address: str) -> None:
    with pytest.raises(SourceRefused, match="set username and password"):
        read(f"{address}/locked.mp4", 1)
    with pytest.raises(SourceRefused, match="check username and password") as caught:
        read(f"{address}/locked.mp4", 1, username="gate", password="wr@ng")
    assert "wr@ng" not in str(caught.value)
    with pytest.raises(SourceRefused, match="403"):
        read(f"{address}/forbidden", 1)
    with pytest.raises(SourceNotFound, match="404"):
        read(f"{address}/nothing.mp4", 1)


def test_a_web_page_is_not_a_stream(address: str) -> None:
    with pytest.raises(SourceUnsupported, match=r"page\.html"):
        read(f"{address}/page.html", 1)
