from __future__ import annotations

import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from rtsp_server import free_port
from typer.testing import CliRunner

from streamdesnow.capture.av_reader import AvReader
from streamdesnow.capture.spec import SourceSpec
from streamdesnow.cli.app import build_app
from streamdesnow.config.camera import CameraConfig
from streamdesnow.errors import SourceNotFound


def read_from(url: str, count: int) -> list[tuple[int, ...]]:
    spec = SourceSpec.from_config("street", CameraConfig(source=url))
    reader = AvReader(spec)
    reader.open()
    try:
        shapes = []
        while len(shapes) < count:
            frame = reader.read()
            assert frame is not None
            shapes.append(frame.image.shape)
    finally:
        reader.close()
    return shapes


def serving(url: str) -> subprocess.Popen[str]:
    """A camera in a process of its own; returns once it can be read from."""
    program = Path(sys.executable).with_name("streamdesnow")
    size = ("--size", "128x72", "--duration", "480ms", "--snow", "light")
    camera = subprocess.Popen(
        [program, "simulate", "--serve", url, *size],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert camera.stdout is not None
    assert url in camera.stdout.readline()
    return camera


def test_it_is_a_camera_that_plays_on_and_stops_when_told() -> None:
    url = f"rtsp://127.0.0.1:{free_port()}/street"
    with serving(url) as camera:
        try:
            # More than twice the clip's 12 frames: it plays over and over.
            assert read_from(url, 30) == [(72, 128, 3)] * 30
            with pytest.raises(SourceNotFound):
                read_from(url.replace("/street", "/lane"), 1)
        finally:
            camera.send_signal(signal.SIGINT)
            _, errors = camera.communicate(timeout=20)
    assert camera.returncode == 0, errors


def test_viewers_do_not_hold_it_up() -> None:
    url = f"rtsp://127.0.0.1:{free_port()}/street"
    with serving(url) as camera:
        reader = AvReader(SourceSpec.from_config("street", CameraConfig(source=url)))
        reader.open()
        try:
            assert reader.read() is not None
            camera.send_signal(signal.SIGTERM)
            _, errors = camera.communicate(timeout=20)
        finally:
            reader.close()
    assert camera.returncode == 0
    assert "Traceback" not in errors


def test_an_occupied_port_is_named() -> None:
    with socket.create_server(("127.0.0.1", 0)) as occupied:
        url = f"rtsp://127.0.0.1:{occupied.getsockname()[1]}/street"
        arguments = ["simulate", "--serve", url, "--size", "64x64", "--duration", "80ms"]
        result = CliRunner().invoke(build_app(), arguments)
    assert result.exit_code == 5
    assert "another port" in result.output


@pytest.mark.parametrize("url", ["http://127.0.0.1/street", "rtsp://127.0.0.1:8554", "street"])
def test_an_address_that_cannot_be_served_is_refused(url: str) -> None:
    result = CliRunner().invoke(build_app(), ["simulate", "--serve", url])
    assert result.exit_code == 2
    assert "rtsp://127.0.0.1:8554/street" in result.output


@pytest.mark.parametrize("port", ["99999", "abc"])
def test_a_port_that_is_none_is_refused(port: str) -> None:
    result = CliRunner().invoke(build_app(), ["simulate", "--serve", f"rtsp://127.0.0.1:{port}/street"])
    assert result.exit_code == 2
    assert "1 to 65535" in result.output
