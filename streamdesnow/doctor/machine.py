"""Processor, graphics card, memory."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path

from streamdesnow.doctor.finding import Finding, Level
from streamdesnow.engines.gpu import Gpu, describe_gpu

__all__ = ["cpu_finding", "gpu_finding", "memory_finding"]

# Flags as Linux prints them, x86 first, then Arm.
_FLAGS = {
    "amx_bf16": "AMX bf16",
    "amx_int8": "AMX int8",
    "avx512_bf16": "AVX512_BF16",
    "avx512_vnni": "AVX512_VNNI",
    "avx_vnni": "AVX_VNNI",
    "avx512f": "AVX-512",
    "avx2": "AVX2",
    "bf16": "bf16",
    "i8mm": "int8 matrices",
    "asimd": "NEON",
}
_BF16 = frozenset(("amx_bf16", "avx512_bf16", "bf16"))
_LITTLE_MEMORY = 2**30


def cpu_finding(cpuinfo: Path = Path("/proc/cpuinfo")) -> Finding:
    """Model, cores and the instructions that matter for networks."""
    text = cpuinfo.read_text(encoding="utf-8", errors="replace") if cpuinfo.is_file() else ""
    names = re.search(r"^model name\s*:\s*(.+)$", text, re.MULTILINE)
    flags = re.search(r"^(?:flags|Features)\s*:\s*(.+)$", text, re.MULTILINE)
    present = set(flags[1].split()) if flags else set()
    cores = len(os.sched_getaffinity(0))
    known = (
        ", ".join(name for flag, name in _FLAGS.items() if flag in present) or "no instructions known to help"
    )
    described = f"{names[1] if names else 'unknown model'}, {cores} core{'s' if cores > 1 else ''}: {known}"
    if present & _BF16:
        return Finding(Level.GOOD, "CPU", described)
    advice = "no bf16 in hardware: networks run in fp32, several times slower than with AMX or a GPU"
    return Finding(Level.NOTE, "CPU", described, advice)


def gpu_finding(find: Callable[[int], Gpu | None] = describe_gpu) -> Finding:
    """The first NVIDIA GPU."""
    gpu = find(0)
    if gpu is None:
        return Finding(Level.ABSENT, "GPU", "no NVIDIA GPU (or no driver for one)")
    return Finding(Level.GOOD, "GPU", f"{gpu.name}, driver {gpu.driver}, {_gibibytes(gpu.free)} free")


def memory_finding(
    meminfo: Path = Path("/proc/meminfo"), limit: Path = Path("/sys/fs/cgroup/memory.max")
) -> Iterator[Finding]:
    """Memory that is free, and the container's limit where there is one."""
    text = meminfo.read_text(encoding="utf-8") if meminfo.is_file() else ""
    amounts = {key: int(kib) * 1024 for key, kib in re.findall(r"^(\w+):\s*(\d+) kB$", text, re.MULTILINE)}
    if "MemAvailable" in amounts and "MemTotal" in amounts:
        free = amounts["MemAvailable"]
        described = f"{_gibibytes(free)} free of {_gibibytes(amounts['MemTotal'])}"
        few = free < _LITTLE_MEMORY
        advice = "less than 1 GiB: large frames are cut into tiles, which is slower" if few else ""
        yield Finding(Level.NOTE if few else Level.GOOD, "memory", described, advice)
    if limit.is_file() and (allowed := limit.read_text(encoding="utf-8").strip()).isdecimal():
        yield Finding(Level.GOOD, "container", f"limited to {_gibibytes(int(allowed))} of memory")


def _gibibytes(count: int) -> str:
    return f"{count / 2**30:.1f} GiB"
