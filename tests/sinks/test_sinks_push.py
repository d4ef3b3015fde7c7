from __future__ import annotations

import itertools
import threading
import time
from base64 import b64encode
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from receivers import RefusingRtspServer, receiver
from rtsp_server import SilentServer, free_port
from sink_frames import BEFORE, cleaned

from streamdesnow.config.output import PushConfig
from streamdesnow.errors import SinkError, SinkRefused
from streamdesnow.frame import CleanedFrame
from streamdesnow.sinks.push import PushSink
from streamdesnow.sinks.srt import SrtError, load_libsrt

SECRET = "p@ss:w/rd#1"


def srt_is_missing() -> bool:
    try:
        load_libsrt()
    except SrtError:
        return True
    return False


needs_srt = pytest.mark.skipif(
    srt_is_missing(), reason="needs libsrt (Debian: apt-get install libsrt1.5-gnutls)"
)
SCHEMES = ["rtsp", "rtmp", pytest.param("srt", marks=needs_srt)]


def push(url: str, timeout: float = 10.0, **settings: Any) -> PushSink:
    config = PushConfig(url=url, encoder="software", preset="ultrafast", **settings)
    sink = PushSink(config, "gate", timeout=timeout)
    sink.open()
    return sink


def noisy(number: int) -> CleanedFrame:
    frame = cleaned(number, size=(640, 480))
    frame.image[:] = np.random.default_rng(number).integers(0, 256, frame.image.shape, np.uint8)
    return frame


def write_until_refused(sink: PushSink, frame: Callable[[int], CleanedFrame] = cleaned) -> SinkRefused:
    deadline = time.monotonic() + 20
    for number in itertools.count():
        try:
            sink.write(frame(number))
        except SinkRefused as error:
            return error
        assert time.monotonic() < deadline, "it never failed"
        # No faster than a fast camera: what is noticed by silence takes time, not frames.
        time.sleep(0.005)
    raise AssertionError("frames never end")


@pytest.mark.parametrize(
    ("scheme", "codec"),
    [
        ("rtsp", "h264"),
        ("rtsp", "h265"),
        ("rtmp", "h264"),
        ("rtmp", "h265"),
        pytest.param("srt", "h264", marks=needs_srt),
    ],
)
def test_a_receiver_gets_every_frame_in_time(scheme: str, codec: str) -> None:
    with receiver(scheme) as target:
        sink = push(target.url, codec=codec)
        for n in range(40):
            sink.write(cleaned(n, size=(160, 120), pts=1000 + n))
        sink.close()
        target.finish()
        assert target.codec == {"h264": "h264", "h265": "hevc"}[codec]
        # SRT's last packets may be overtaken by its goodbye.
        least = 40 if scheme != "srt" else 35
        assert target.numbers == list(range(40))[: max(least, len(target.numbers))]
        times = [each for each in target.times if each is not None]
        assert np.diff(times[2:]) == pytest.approx(0.04, abs=0.012)


def test_pixels_keep_their_shape_and_another_one_needs_another_connection() -> None:
    with receiver("rtsp") as target:
        sink = push(target.url)
        for n in range(10):
            sink.write(cleaned(n, sar=Fraction(16, 11)))
        write_until_refused(sink)  # FFmpeg listens once
        target.finish()
        assert target.sars == {"16/11"}


def test_what_is_shown_can_be_chosen() -> None:
    with receiver("rtsp") as target:
        sink = push(target.url, show="before")
        for n in range(10):
            sink.write(cleaned(n))
        sink.close()
        target.finish()
        assert target.numbers == [n + BEFORE for n in range(10)]


def test_time_goes_on_for_the_viewer_when_the_camera_comes_back() -> None:
    with receiver("rtmp") as target:
        sink = push(target.url)
        for n in range(20):
            sink.write(cleaned(n, size=(160, 120), pts=50_000 + n))
        for n in range(20, 40):
            sink.write(cleaned(n, size=(160, 120), pts=n - 20, discontinuity=n == 20))
        sink.close()
        target.finish()
        assert target.times == pytest.approx([n / 25 for n in range(40)], abs=0.002)


def test_rtmp_is_connected_anew_before_its_clock_runs_over() -> None:
    later = cleaned(3, size=(160, 120), discontinuity=True, captured_at=21 * 86400.0)
    with receiver("rtmp") as first:
        sink = push(first.url)
        for n in range(3):
            sink.write(cleaned(n, size=(160, 120)))
        with pytest.raises(SinkRefused):
            sink.write(later)  # this receiver takes one connection and no other
        first.finish()
        assert first.numbers == [0, 1, 2]
    with receiver("rtmp", first.port) as again:
        sink.open()
        sink.write(later)
        sink.close()
        again.finish()
        assert again.times == [0.0]


@pytest.mark.parametrize("scheme", SCHEMES)
def test_a_server_that_dies_is_noticed_and_found_again(scheme: str) -> None:
    with receiver(scheme) as target:
        sink = push(target.url, timeout=1.0)
        for n in range(10):
            sink.write(cleaned(n))
        target.kill()
        error = write_until_refused(sink)
    assert str(error).startswith(f"push[gate]: {scheme}://127.0.0.1:{target.port}")
    sink.close()
    with receiver(scheme, target.port) as again:
        sink.open()
        for n in range(10):
            sink.write(cleaned(n))
        sink.close()
        again.finish()
        assert again.numbers[:5] == list(range(5))


def test_another_frame_size_is_another_connection() -> None:
    with receiver("rtsp") as first:
        sink = push(first.url)
        sink.write(cleaned(0))
        # The first receiver takes one stream only, so the second connection finds nobody.
        with pytest.raises(SinkRefused, match="refused"):
            sink.write(cleaned(1, size=(160, 120)))
        first.finish()
    with receiver("rtsp", first.port) as second:
        sink.open()
        sink.write(cleaned(2, size=(160, 120)))
        sink.close()
        second.finish()
        assert second.numbers == [2]


@pytest.mark.parametrize("scheme", ["rtsp", "rtmp"])
def test_a_server_that_is_down_is_named_without_the_password(scheme: str) -> None:
    port = free_port()
    sink = push(f"{scheme}://127.0.0.1:{port}/live/gate", username="me", password=SECRET)
    with pytest.raises(
        SinkRefused, match=rf"{port}/live/gate: Connection refused; is the server running"
    ) as info:
        sink.write(cleaned(0))
    assert SECRET not in str(info.value)
    assert "p%40ss" not in str(info.value)
    sink.close()


def test_a_name_that_nobody_has_is_named() -> None:
    sink = push("rtsp://camera.invalid/x")
    with pytest.raises(SinkRefused, match="the host cannot be found"):
        sink.write(cleaned(0))


def test_a_wrong_password_is_named_and_sent_only_to_the_server() -> None:
    with RefusingRtspServer("401 Unauthorized") as server:
        sink = push(server.url, username="me", password=SECRET)
        with pytest.raises(SinkRefused, match=r"401 Unauthorized.*; check username and password") as info:
            sink.write(cleaned(0))
        login = b64encode(f"me:{SECRET}".encode()).decode()
        assert any(f"Authorization: Basic {login}" in request for request in server.requests)
        assert SECRET not in str(info.value)
        assert "p%40ss" not in str(info.value)


def test_a_path_that_the_server_does_not_take_is_named() -> None:
    with RefusingRtspServer("404 Not Found") as server:
        sink = push(server.url)
        with pytest.raises(SinkRefused, match=r"404 Not Found.*; check the path"):
            sink.write(cleaned(0))


@pytest.mark.parametrize("scheme", ["rtsp", "rtmp"])
def test_a_server_that_never_answers_stops_nothing_else_and_is_given_up(scheme: str) -> None:
    with SilentServer() as server:
        sink = push(server.url(scheme=scheme), timeout=0.7)
        beats: list[float] = []
        stop = threading.Event()

        def beat() -> None:
            while not stop.wait(0.02):
                beats.append(time.monotonic())

        other = threading.Thread(target=beat)
        other.start()
        with pytest.raises(SinkRefused, match=r"did not answer within 0\.7 s"):
            sink.write(cleaned(0))
        stop.set()
        other.join()
        assert len(beats) > 10


def test_a_server_that_stops_reading_is_given_up() -> None:
    with receiver("rtsp") as target:
        sink = push(target.url, timeout=0.7, quality=1)
        sink.write(noisy(0))
        target.freeze()
        assert "did not answer within 0.7 s" in str(write_until_refused(sink, noisy))
        sink.close()


def test_nothing_is_connected_without_a_frame_and_closing_twice_is_fine() -> None:
    sink = push("rtsp://127.0.0.1:1/x")
    sink.close()
    sink.close()


@needs_srt
def test_srt_takes_the_password_as_passphrase() -> None:
    with receiver("srt", query="?passphrase=0123456789") as target:
        wrong = push(target.url, password="9876543210")
        with pytest.raises(SinkRefused, match="check the password") as info:
            wrong.write(cleaned(0))
        assert "9876543210" not in str(info.value)
        right = push(target.url, password="0123456789")
        for n in range(20):
            right.write(cleaned(n))
        right.close()
        target.finish()
        assert target.numbers[:10] == list(range(10))


@needs_srt
@pytest.mark.parametrize("url", ["srt://127.0.0.1:9?colour=red", "srt://127.0.0.1:9?latency=soon"])
def test_srt_parameters_that_mean_nothing_are_named(url: str) -> None:
    with pytest.raises(SinkRefused, match=r"parameter (colour|latency) is unknown or its value is not valid"):
        push(url).write(cleaned(0))


def test_srt_knows_no_user_names() -> None:
    with pytest.raises(SinkError, match=r"SRT knows no user names.*streamid"):
        push("srt://127.0.0.1:9", username="me", password="0123456789")


def test_without_the_library_srt_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("streamdesnow.sinks.srt._NAMES", ("libnobody.so.0",))
    with pytest.raises(SinkError, match=r"push\[gate\]: SRT needs the library libsrt.*apt-get install"):
        push("srt://127.0.0.1:9")
