"""Serves one clip over RTSP, over and over, as a camera does."""

from __future__ import annotations

import asyncio
import contextlib
import importlib.util
import signal
import socket
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import av

from streamdesnow.errors import ConfigError, SinkError, SinkRefused
from streamdesnow.frame import Image
from streamdesnow.sinks.codecs import live_recipe
from streamdesnow.sinks.encoder import VideoEncoder

__all__ = ["ClipWriter", "check_server", "serve_clip"]

_PORT = 554
_GOP = 1.0


def check_server(url: str) -> None:
    """Check that the address can be served at and that what serves is installed.

    Raises:
        ConfigError: not an address of this kind.
        SinkError: the RTSP server is not installed.
        SinkRefused: somebody else listens there.
    """
    parts = urlsplit(url)
    try:
        port = parts.port or _PORT
    except ValueError:
        raise ConfigError("--serve: the port must be a number from 1 to 65535") from None
    if parts.scheme != "rtsp" or not parts.hostname or not parts.path.strip("/"):
        raise ConfigError("--serve takes an address such as rtsp://127.0.0.1:8554/street")
    if importlib.util.find_spec("aio_rtsp_toolkit") is None:
        raise SinkError(
            "--serve needs an RTSP server: install one with  pip install aio-rtsp-toolkit  "
            "(or write the clip to a folder and publish it with a media server of your own)"
        )
    try:
        # Now, not after the clip has been drawn.
        socket.create_server((parts.hostname, port)).close()
    except OSError as error:
        raise _occupied(url, error) from error


class ClipWriter:
    """An MP4 as RTSP likes it: H.264 without B-frames and a keyframe a second."""

    def __init__(self, path: Path, time_base: Fraction) -> None:
        self._container = av.open(str(path), "w", format="mp4")
        self._time_base = time_base
        self._encoder: VideoEncoder | None = None

    def write(self, image: Image, pts: int) -> None:
        """Append a frame, uint8 (H, W, 3) BGR; all of one size."""
        if self._encoder is None:
            size = (image.shape[1], image.shape[0])
            recipe = live_recipe("libx264", quality=20, preset="veryfast")
            self._encoder = VideoEncoder(self._container, recipe, size, self._time_base, gop=_GOP)
        self._container.mux(self._encoder.encode(image, pts))

    def close(self) -> None:
        """Finish the file."""
        if self._encoder is not None:
            self._container.mux(self._encoder.flush())
        self._container.close()


def serve_clip(clip: Path, url: str, ready: Callable[[], None]) -> None:
    """Serve until SIGINT or SIGTERM; to every client from the start, then again and again.

    Args:
        clip: H.264 in MP4, without B-frames.
        url: address and path; any other path answers 404.
        ready: called once the port is open.

    Raises:
        SinkRefused: the port cannot be listened on.
    """
    try:
        asyncio.run(_serve(clip, url, ready))
    except OSError as error:
        raise _occupied(url, error) from error


def _occupied(url: str, error: OSError) -> SinkRefused:
    return SinkRefused(f"{url}: cannot listen there: {error.strerror}; choose another port")


async def _serve(clip: Path, url: str, ready: Callable[[], None]) -> None:
    camera = _camera(clip, url)
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    await camera.start()
    ready()
    await stop.wait()
    # Clients first: a server that closes waits for them, and they would play on for ever.
    while camera.clients:
        for client in camera.clients:
            client.writer.transport.abort()
        await asyncio.sleep(0.01)
    await camera.close()


def _camera(clip: Path, url: str) -> Any:
    from aio_rtsp_toolkit.server import RtspServer

    parts = urlsplit(url)

    class Camera(RtspServer):  # type: ignore[misc]  # the toolkit has no type hints that mypy sees
        """Answers at one path with one clip, endlessly."""

        clients: set[Any]

        async def _handle_client(self, sock: Any) -> None:
            self.clients.add(sock)
            try:
                with contextlib.suppress(OSError):
                    await super()._handle_client(sock)
            finally:
                self.clients.discard(sock)

        def resolve_request_path(self, uri: str) -> Path:
            # Tracks are asked for below the path of the stream.
            if not (urlsplit(uri).path.rstrip("/") + "/").startswith(parts.path.rstrip("/") + "/"):
                raise FileNotFoundError(uri)
            return clip

        def parse_play_count(self, uri: str) -> int:
            return 0

    camera = Camera(str(clip.parent), host=parts.hostname, port=parts.port or _PORT)
    camera.clients = set()
    camera.logger = _Quiet()
    return camera


class _Quiet:
    """The toolkit prints every request by default."""

    def debug(self, message: str) -> None: ...

    def info(self, message: str) -> None: ...

    def warning(self, message: str) -> None: ...

    def error(self, message: str) -> None: ...
