"""How much memory this process holds, on the machine and on its GPU."""

from __future__ import annotations

import os
from pathlib import Path

from streamdesnow.engines.gpu import describe_gpu

__all__ = ["gpu_free", "resident", "resident_with_children"]


def resident() -> int:
    """Bytes of this process that are in memory now."""
    return _resident(Path("/proc/self"))


def resident_with_children(pid: int | None = None) -> int:
    """The same with all processes that it started, and those that they started.

    Args:
        pid: of the process; default this one.
    """
    return _with_children(Path(f"/proc/{pid or os.getpid()}"))


def gpu_free(device: int = 0) -> int:
    """Bytes of the GPU's memory that nobody uses; 0 without a GPU."""
    gpu = describe_gpu(device)
    return gpu.free if gpu else 0


def _with_children(process: Path) -> int:
    try:
        children = [pid for task in process.glob("task/*/children") for pid in task.read_text().split()]
    except OSError:
        return 0
    return _resident(process) + sum(_with_children(process.parent / pid) for pid in children)


def _resident(process: Path) -> int:
    try:
        pages = int((process / "statm").read_text().split()[1])
    except (OSError, IndexError):
        return 0
    return pages * os.sysconf("SC_PAGE_SIZE")
