"""Cameras and viewers for benchmarks of live streams: programs of their own, on this machine."""

from __future__ import annotations

import importlib.util
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

__all__ = ["Camera", "Seen", "camera_running", "cpu_seconds", "free_port", "running", "watched"]

_HERE = Path(__file__).parent
_STARTING = 60.0
"""Seconds of a camera's film for networks to be loaded and compiled in, and viewers to settle."""
_SETTLING = 5.0
"""Seconds at the start that do not count: viewers probe a stream before they show it, networks compile."""
_PATIENCE = 120.0
"""Seconds without any frame after which a viewer is given up."""

_FAREWELL = 5.0
"""Seconds that a camera has to end by itself."""


class Seen(NamedTuple):
    """A frame in the viewer: its stamp, and when (monotonic seconds)."""

    ticks: int
    at: float


class Camera(NamedTuple):
    """Where a camera is, and the number of its process."""

    url: str
    pid: int


@contextmanager
def running(program: str, *arguments: str) -> Iterator[subprocess.Popen[str]]:
    """One of the programs beside this file, killed at the end."""
    command = [sys.executable, str(_HERE / program), *arguments]
    # Its standard input ends with this process, however that ends.
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        yield process
    finally:
        process.kill()
        process.wait()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                pipe.close()


def free_port() -> int:
    """A port of this machine that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def camera_running(size: str, fps: float, snow: str = "medium", ahead: float = 0.0) -> Iterator[Camera]:
    """A camera that draws the time into its frames.

    Args:
        ahead: seconds of a run. It encodes that much film and a minute more before it starts, and then ends;
            0: each client is shown frames that are drawn and encoded for it alone, as long as it likes.
    """
    if importlib.util.find_spec("aio_rtsp_toolkit") is None:
        raise SystemExit("the camera is an RTSP server:  pip install aio-rtsp-toolkit")
    port = free_port()
    film = ahead + _STARTING if ahead else 0.0
    options = ["--size", size, "--fps", str(fps), "--snow", snow, "--ahead", str(film)]
    with running("stamped_camera.py", str(port), *options) as server:
        if server.stdout is None or server.stdout.readline().strip() != "ready":
            raise SystemExit("the camera did not start")
        try:
            yield Camera(f"rtsp://127.0.0.1:{port}/camera.mp4", server.pid)
        finally:
            if server.stdin is not None:
                server.stdin.close()
            with suppress(subprocess.TimeoutExpired):
                server.wait(_FAREWELL)


def watched(viewer: subprocess.Popen[str], seconds: float, *, unread: bool = False) -> list[Seen]:
    """What the viewer sees in that time, once it has settled. A viewer without frames is killed in the end.

    Args:
        unread: list frames too whose stamp cannot be read, as after a filter that took it for snow; with 0.
    """
    assert viewer.stdout is not None
    first: float | None = None
    seen: list[Seen] = []
    patience = _patience(viewer)
    try:
        for line in viewer.stdout:
            patience.cancel()
            ticks, at = line.split()
            first = float(at) if first is None else first
            if float(at) > first + _SETTLING + seconds:
                break
            if float(at) > first + _SETTLING and (unread or ticks != "None"):
                seen.append(Seen(0 if ticks == "None" else int(ticks), float(at)))
            patience = _patience(viewer)
    finally:
        patience.cancel()
    return seen


def cpu_seconds(pid: int) -> float:
    """CPU time of a process and of those that it started and that still run; 0 if it is gone."""
    process = Path(f"/proc/{pid}")
    try:
        fields = (process / "stat").read_text().rpartition(")")[2].split()
        children = [
            int(child) for task in process.glob("task/*/children") for child in task.read_text().split()
        ]
    except OSError:
        return 0.0
    own = (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    return own + sum(cpu_seconds(child) for child in children)


def _patience(viewer: subprocess.Popen[str]) -> threading.Timer:
    timer = threading.Timer(_PATIENCE, viewer.kill)
    timer.daemon = True
    timer.start()
    return timer
