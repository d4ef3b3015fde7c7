"""Real receivers of pushed streams, each in a process of its own."""

from __future__ import annotations

import os
import signal
import socketserver
import subprocess
import sys
import threading
import time
from pathlib import Path
from types import TracebackType
from typing import ClassVar, Self

from rtsp_server import free_port

__all__ = ["Receiver", "RefusingRtspServer", "receiver"]

_HERE = Path(__file__).parent
_LISTENS = "0A"


def receiver(scheme: str, port: int | None = None, query: str = "") -> Receiver:
    """One that waits for a stream of this kind."""
    port = port or free_port()
    url = f"{scheme}://127.0.0.1:{port}" + {"rtsp": "/gate", "rtmp": "/live/gate", "srt": ""}[scheme]
    options = {"rtsp": ["rtsp_flags=listen", "listen_timeout=60"], "rtmp": ["listen=1"], "srt": []}[scheme]
    return Receiver(url, query, options, port)


class Receiver:
    """FFmpeg (or libsrt) listening for one stream.

    Attributes:
        url: where to push to.
        lines: what it said: the codec, then `number seconds sar` of each frame.
    """

    def __init__(self, url: str, query: str, options: list[str], port: int) -> None:
        self.url = url
        self.port = port
        self.lines: list[str] = []
        environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(_HERE), str(_HERE.parent)])}
        self._process = subprocess.Popen(
            [sys.executable, str(_HERE / "stream_receiver.py"), url + query, *options],
            stdout=subprocess.PIPE,
            text=True,
            env=environment,
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        self._wait_until_it_listens()

    @property
    def codec(self) -> str:
        """What is being received."""
        return self._said()[0]

    @property
    def numbers(self) -> list[int]:
        """Numbers of the frames received so far."""
        return [int(line.split()[0]) for line in self._said()[1:]]

    @property
    def times(self) -> list[float | None]:
        """Presentation times of the frames received so far."""
        times = [line.split()[1] for line in self._said()[1:]]
        return [None if time == "None" else float(time) for time in times]

    @property
    def sars(self) -> set[str]:
        """Widths of pixels by their heights that were received so far."""
        return {line.split()[2] for line in self._said()[1:]}

    def finish(self) -> None:
        """Wait for the end of the stream."""
        self._process.wait(30)
        self._reader.join()

    def freeze(self) -> None:
        """Read nothing more, keep the connection."""
        self._process.send_signal(signal.SIGSTOP)

    def kill(self) -> None:
        """Die as a server does whose plug is pulled."""
        self._process.kill()
        self._process.wait()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.kill()
        self._reader.join()
        assert self._process.stdout is not None
        self._process.stdout.close()

    def _said(self) -> list[str]:
        return [line for line in self.lines if line != "listening"]

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self.lines.append(line.strip())

    def _wait_until_it_listens(self) -> None:
        deadline = time.monotonic() + 30
        while not (self.lines or _listens(self.port)):
            assert self._process.poll() is None, "the receiver ended before it listened"
            assert time.monotonic() < deadline, "the receiver never listened"
            time.sleep(0.02)


def _listens(port: int) -> bool:
    """Whether somebody listens on a TCP port; found out without connecting, which counts as a stream."""
    table = Path("/proc/net/tcp").read_text().splitlines()[1:]
    rows = [line.split() for line in table]
    return any(row[1].endswith(f":{port:04X}") and row[3] == _LISTENS for row in rows)


class _Refuse(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        assert isinstance(self.server, RefusingRtspServer)
        request: list[str] = []
        while line := self.rfile.readline().decode().strip():
            request.append(line)
        if not request:
            return
        self.server.requests.append(request)
        headers = dict(line.split(": ", 1) for line in request[1:])
        self.rfile.read(int(headers.get("Content-Length", 0)))
        options = request[0].startswith("OPTIONS")
        status = "200 OK" if options else self.server.status
        challenge = "" if options else 'WWW-Authenticate: Basic realm="test"\r\n'
        self.wfile.write(f"RTSP/1.0 {status}\r\nCSeq: {headers['CSeq']}\r\n{challenge}\r\n".encode())
        self.handle()


class RefusingRtspServer(socketserver.ThreadingTCPServer):
    """Answers everything but OPTIONS with one status.

    Attributes:
        requests: what was asked, line by line.
    """

    daemon_threads: ClassVar[bool] = True

    def __init__(self, status: str) -> None:
        super().__init__(("127.0.0.1", 0), _Refuse)
        self.status = status
        self.requests: list[list[str]] = []
        self.url = f"rtsp://127.0.0.1:{self.server_address[1]}/gate"
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def __exit__(self, *error: object) -> None:
        self.shutdown()
        super().__exit__(*error)
