"""How many frames fit into memory at once, and into which tiles one has to be cut that does not."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Literal

from streamdesnow.config.engine import EngineConfig
from streamdesnow.engines.engine import EngineInfo
from streamdesnow.engines.gpu import describe_gpu
from streamdesnow.models.manifest import ModelManifest

__all__ = ["frames_at_once", "free_memory", "tile_side"]

_SHARE = 0.6
"""Of the memory that is free: other cameras and programs want some too."""
_SMALLEST = 256


def tile_side(
    size: tuple[int, int], card: ModelManifest, tile: Literal["auto", "off"] | int, free: int | None
) -> int | None:
    """Longest side of tiles in pixels, None for the whole frame at once.

    Args:
        size: (width, height) of the frame.
        card: says how much memory the network takes for each pixel.
        tile: the configuration's `engine.tile`.
        free: bytes of memory, None if unknown.
    """
    if isinstance(tile, int):
        return tile
    if tile == "off" or free is None:
        return None
    pixels = _SHARE * free / card.activation_bytes
    if size[0] * size[1] <= pixels:
        return None
    return max(_SMALLEST, math.isqrt(int(pixels)))


def frames_at_once(size: tuple[int, int], card: ModelManifest, free: int | None) -> int | None:
    """How many frames, or tiles, of one size the network may be given together: one or more, None for any.

    Args:
        size: (width, height) of each.
        card: says how much memory the network takes for each pixel.
        free: bytes of memory, None if unknown.
    """
    if free is None:
        return None
    return max(1, int(_SHARE * free / card.activation_bytes) // (size[0] * size[1]))


def free_memory(info: EngineInfo, config: EngineConfig) -> int | None:
    """Bytes that the engine's device has left, None if that cannot be told."""
    if "cpu" in info.device.lower():
        return _free_ram(Path("/proc/meminfo"), Path("/sys/fs/cgroup"))
    gpu = describe_gpu(config.device)
    return None if gpu is None else gpu.free


def _free_ram(meminfo: Path, cgroup: Path) -> int | None:
    """What the kernel could hand out, or what is left of the container's limit if that is less."""
    machine = _kibibytes(meminfo, "MemAvailable:")
    limit, used = _number(cgroup / "memory.max"), _number(cgroup / "memory.current")
    if limit is None or used is None:
        return machine
    cached = _kibibytes(cgroup / "memory.stat", "inactive_file", unit=1) or 0
    left = max(0, limit - used + cached)
    return left if machine is None else min(machine, left)


def _kibibytes(path: Path, key: str, unit: int = 1024) -> int | None:
    try:
        rows = (line.split() for line in path.read_text().splitlines())
        return next((int(row[1]) * unit for row in rows if row and row[0] == key), None)
    except (OSError, ValueError, IndexError):
        return None


def _number(path: Path) -> int | None:
    try:
        return int(path.read_text())
    except (OSError, ValueError):  # no such limit reads "max"
        return None
