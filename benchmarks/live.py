"""Cameras and viewers for benchmarks of live streams: programs of their own, on this machine."""

from __future__ import annotations

import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

__all__ = ["Seen", "camera_running", "free_port", "running", "watched"]

_HERE = Path(__file__).parent
_SETTLING = 3.0
"""Seconds at the start that do not count: viewers probe a stream before they show it."""


class Seen(NamedTuple):
    """A frame in the viewer: its stamp, and when (monotonic seconds)."""

    ticks: int
    at: float


@contextmanager
def running(program: str, *arguments: str) -> Iterator[subprocess.Popen[str]]:
    """One of the programs beside this file, killed at the end."""
    command = [sys.executable, str(_HERE / program), *arguments]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def free_port() -> int:
    """A port of this machine that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def camera_running(size: str, fps: int) -> Iterator[str]:
    """A camera that draws the time into its frames; its address."""
    port = free_port()
    with running("stamped_camera.py", str(port), "--size", size, "--fps", str(fps)) as server:
        if server.stdout is None or server.stdout.readline().strip() != "ready":
            raise SystemExit("the camera did not start")
        yield f"rtsp://127.0.0.1:{port}/camera.mp4"


def watched(viewer: subprocess.Popen[str], seconds: float, *, unread: bool = False) -> list[Seen]:
    """What the viewer sees in that time, once it has settled.

    Args:
        unread: count frames too whose stamp cannot be read, as after a filter that took it for snow.
    """
    assert viewer.stdout is not None
    first: float | None = None
    seen: list[Seen] = []
    for line in viewer.stdout:
        ticks, at = line.split()
        first = float(at) if first is None else first
        if float(at) > first + _SETTLING + seconds:
            break
        if float(at) > first + _SETTLING and (unread or ticks != "None"):
            seen.append(Seen(0 if ticks == "None" else int(ticks), float(at)))
    return seen
