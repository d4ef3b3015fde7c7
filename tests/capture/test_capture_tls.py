"""`rtsps://`: certificates are checked unless told otherwise."""

from __future__ import annotations

import contextlib
import shutil
import socket
import ssl
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from clips import write_clip
from rtsp_server import RtspServer

from streamdesnow.capture.av_reader import AvReader
from streamdesnow.capture.spec import SourceSpec
from streamdesnow.config.camera import CameraConfig
from streamdesnow.errors import SourceUnreachable


class Camera(NamedTuple):
    """An RTSPS address and the certificate of the server behind it."""

    address: str
    certificate: Path


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Certificate and key of 127.0.0.1 in one file, signed by itself."""
    if shutil.which("openssl") is None:
        pytest.skip("needs the openssl command to make a certificate")
    folder = tmp_path_factory.mktemp("tls")
    command = "openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=camera"
    names = ["-addext", "subjectAltName=IP:127.0.0.1", "-keyout", "key.pem", "-out", "camera.pem"]
    subprocess.run([*command.split(), *names], cwd=folder, check=True, capture_output=True)
    with (folder / "camera.pem").open("a") as file:
        file.write((folder / "key.pem").read_text())
    return folder / "camera.pem"


@pytest.fixture
def camera(tmp_path: Path, certificate: Path) -> Iterator[Camera]:
    """A real RTSP server behind a listener that speaks TLS."""
    write_clip(tmp_path / "clip.mp4", 50)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    with RtspServer(tmp_path) as server, socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=serve, args=(listener, context, server.port))
        thread.start()
        yield Camera(f"rtsps://127.0.0.1:{listener.getsockname()[1]}/clip.mp4", certificate)
        listener.shutdown(socket.SHUT_RDWR)
        thread.join()


def serve(listener: socket.socket, context: ssl.SSLContext, port: int) -> None:
    while True:
        try:
            client, _ = listener.accept()
        except OSError:
            return
        with contextlib.suppress(OSError):
            secure = context.wrap_socket(client, server_side=True)
            plain = socket.create_connection(("127.0.0.1", port))
            for source, sink in ((secure, plain), (plain, secure)):
                threading.Thread(target=carry, args=(source, sink), daemon=True).start()


def carry(source: socket.socket, sink: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while data := source.recv(65536):
            sink.sendall(data)
    for end in (source, sink):
        with contextlib.suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)


def opens(camera: Camera, **settings: object) -> bool:
    config = CameraConfig.model_validate({"source": camera.address, **settings})
    with AvReader(SourceSpec.from_config("gate", config)) as reader:
        return reader.read() is not None


def test_a_certificate_of_nobody_we_know_is_not_trusted(camera: Camera) -> None:
    with pytest.raises(SourceUnreachable, match=r"certificate is not trusted .*ca_file"):
        opens(camera)


def test_a_certificate_is_trusted_by_its_authority(camera: Camera) -> None:
    assert opens(camera, ca_file=camera.certificate)


def test_certificates_are_not_checked_if_told(camera: Camera) -> None:
    assert opens(camera, tls_verify=False)
