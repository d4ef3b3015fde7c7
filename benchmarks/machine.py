"""Where and on what commit a figure was taken: printed with every table."""

from __future__ import annotations

import os
import platform
import subprocess
from pathlib import Path

__all__ = ["describe"]


def describe() -> str:
    """Processor, cores, vector units that matter, and the commit, one line."""
    cpu, flags = platform.processor() or platform.machine(), ""
    info = Path("/proc/cpuinfo")
    if info.is_file():
        facts = dict(line.split(":", 1) for line in info.read_text().splitlines() if ":" in line)
        named = {key.strip(): value.strip() for key, value in facts.items()}
        cpu, flags = named.get("model name", cpu), named.get("flags", "")
    units = [unit for unit in ("avx2", "avx512f", "avx512_bf16", "amx_bf16") if unit in flags.split()]
    commit = subprocess.run(
        ["git", "describe", "--always", "--dirty"],
        capture_output=True,
        text=True,
        cwd=Path(__file__).parent,
        check=False,
    ).stdout.strip()
    cores = len(os.sched_getaffinity(0))
    return f"{cpu}, {cores} cores, {' '.join(units)}; Python {platform.python_version()}; commit {commit}"
