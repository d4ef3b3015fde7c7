"""What the processor multiplies quickly, as Linux lists its instructions."""

from __future__ import annotations

import re
from pathlib import Path

__all__ = ["multiplies_int8"]

_INT8 = frozenset({"avx512_vnni", "avx_vnni", "amx_int8", "i8mm", "asimddp"})


def multiplies_int8(cpuinfo: Path = Path("/proc/cpuinfo")) -> bool:
    """Whether it has dot products of bytes that add up in 32 bits: VNNI, AMX, or those of Arm.

    Without them libraries add pairs of products in 16 bits, which may overflow.
    """
    try:
        text = cpuinfo.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return False
    flags = re.search(r"^(?:flags|Features)\s*:\s*(.+)$", text, re.MULTILINE)
    return flags is not None and not _INT8.isdisjoint(flags[1].split())
