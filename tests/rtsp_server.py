"""Real RTSP servers on 127.0.0.1 for tests.

    clip = write_clip(tmp_path / "clip.mp4", 100)
    with RtspServer(tmp_path, username="gate", password="p@ss") as server:
        av.open(server.url("clip.mp4", credentials=True))

Every file of the folder (.mp4 or .mkv; H.264 or H.265 without B-frames) is a path, played in real time and
over again to each client (TCP only); any other path answers 404. `stop()` cuts every connection, `start()`
listens on the same port again, `freeze()` keeps connections and sends nothing more.
"""

from __future__ import annotations

import asyncio
import hashlib
import re
import socket
import threading
import urllib.parse
from base64 import b64encode
from collections.abc import Coroutine
from pathlib import Path
from types import TracebackType
from typing import Any, Literal, Self

import aio_sockets
from aio_rtsp_toolkit.server import RtspServer as ToolkitServer
from aio_rtsp_toolkit.server_session import RtspServerSession as ToolkitSession
from aio_rtsp_toolkit.server_session_types import RtspRequest

__all__ = ["RtspServer", "Scheme", "SilentServer", "free_port"]

Scheme = Literal["digest", "basic"]


def free_port() -> int:
    """A TCP port of 127.0.0.1 that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class RtspServer:
    """A camera: a folder of clips served over RTSP from a thread of its own.

    Args:
        folder: where the clips are.
        username, password: asked of every client, when `username` is given.
        scheme: how they are asked for.
        endless: play each clip over and over; False closes the session after one pass.
        statuses: RTSP status answered for a path instead of the clip, for example {"/locked.mp4": 403}.
    """

    def __init__(
        self,
        folder: Path,
        *,
        username: str | None = None,
        password: str = "",
        scheme: Scheme = "digest",
        endless: bool = True,
        statuses: dict[str, int] | None = None,
        port: int | None = None,
    ) -> None:
        self.port = port or free_port()
        self.username = username
        self.password = password
        self.scheme = scheme
        self.endless = endless
        self.statuses = statuses or {}
        self.thawed = asyncio.Event()
        self.sessions: set[_Session] = set()
        self.requests: list[str] = []
        self._folder = folder
        self._toolkit: _Toolkit | None = None
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="rtsp-server", daemon=True)
        self._thread.start()

    def url(self, path: str, *, credentials: bool = False) -> str:
        """Address of a clip, with user name and password in it if asked."""
        quote = urllib.parse.quote
        login = (
            f"{quote(self.username or '', safe='')}:{quote(self.password, safe='')}@" if credentials else ""
        )
        return f"rtsp://{login}127.0.0.1:{self.port}/{path.lstrip('/')}"

    @property
    def clients(self) -> int:
        """Connections now."""
        return len(self.sessions)

    def start(self) -> None:
        """Listen (again)."""
        self.thaw()
        self._do(self._start())

    def stop(self) -> None:
        """Stop listening and cut every connection, as a camera that loses power."""
        self._do(self._stop())

    def freeze(self) -> None:
        """Send nothing more, answer nothing more, but keep connections open."""
        self._loop.call_soon_threadsafe(self.thawed.clear)

    def thaw(self) -> None:
        """Go on after `freeze`."""
        self._loop.call_soon_threadsafe(self.thawed.set)

    def close(self) -> None:
        """Stop for good."""
        if not self._loop.is_closed():
            self.stop()
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join()
            self._loop.close()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def admits(self, request: RtspRequest) -> bool:
        """Whether a request carries the right credentials, or needs none."""
        if self.username is None or request.method == "OPTIONS":
            return True
        given = request.headers.get("authorization", "")
        if self.scheme == "basic":
            return given == "Basic " + b64encode(f"{self.username}:{self.password}".encode()).decode()
        fields = dict(re.findall(r'(\w+)="([^"]*)"', given))
        secret = _md5(f"{self.username}:test:{self.password}")
        action = _md5(f"{request.method}:{fields.get('uri')}")
        return (
            fields.get("username") == self.username
            and fields.get("response") == _md5(f"{secret}:{fields.get('nonce')}:{action}")
        )  # fmt: skip

    def _do(self, job: Coroutine[Any, Any, None]) -> None:
        asyncio.run_coroutine_threadsafe(job, self._loop).result(timeout=10)

    async def _start(self) -> None:
        self._toolkit = _Toolkit(self, self._folder)
        await self._toolkit.start()

    async def _stop(self) -> None:
        if self._toolkit is not None:
            await self._toolkit.close()
            self._toolkit = None
        for session in self.sessions:
            session.sock.writer.transport.abort()
        self.thawed.set()
        # Each session notices for itself that its connection is gone; asyncio complains of cancelled ones.
        while tasks := asyncio.all_tasks() - {asyncio.current_task()}:
            await asyncio.wait(tasks)


class SilentServer:
    """Accepts TCP connections and never says a word: a camera that hangs."""

    def __init__(self) -> None:
        self._socket = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port = int(self._socket.getsockname()[1])

    def url(self, path: str = "stream", scheme: str = "rtsp") -> str:
        """Address of a stream that never comes. The kernel completes the handshake, nobody reads."""
        return f"{scheme}://127.0.0.1:{self.port}/{path}"

    def close(self) -> None:
        """Refuse connections from now on."""
        self._socket.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class _Toolkit(ToolkitServer):
    def __init__(self, owner: RtspServer, folder: Path) -> None:
        super().__init__(str(folder), host="127.0.0.1", port=owner.port)
        self.owner = owner
        self.logger = _Quiet()

    async def _handle_client(self, sock: aio_sockets.TCPSocket) -> None:
        session = _Session(self, sock)
        self.owner.sessions.add(session)
        try:
            await session.run()
        except OSError:
            pass
        finally:
            self.owner.sessions.discard(session)

    def parse_play_count(self, uri: str) -> int:
        return 0 if self.owner.endless else int(super().parse_play_count(uri))


class _Session(ToolkitSession):
    server: _Toolkit

    async def _read_request(self) -> RtspRequest | None:
        owner = self.server.owner
        while (request := await super()._read_request()) is not None:
            await owner.thawed.wait()
            owner.requests.append(request.method)
            status = owner.statuses.get(urllib.parse.urlsplit(request.uri).path)
            if not owner.admits(request):
                await self._send_response(request.headers, 401, "Unauthorized", self._challenge())
            elif status is not None and request.method != "OPTIONS":
                await self._send_response(request.headers, status, "As Told")
            else:
                return request
        return None

    async def _send_interleaved_frame(self, channel: int, payload: bytes) -> None:
        await self.server.owner.thawed.wait()
        await super()._send_interleaved_frame(channel, payload)

    def _challenge(self) -> dict[str, str]:
        if self.server.owner.scheme == "basic":
            return {"WWW-Authenticate": 'Basic realm="test"'}
        return {"WWW-Authenticate": f'Digest realm="test", nonce="{self.session_id}"'}


class _Quiet:
    """The toolkit prints every request by default."""

    def debug(self, message: str) -> None: ...

    def info(self, message: str) -> None: ...

    def warning(self, message: str) -> None: ...

    def error(self, message: str) -> None: ...


def _md5(text: str) -> str:
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()
