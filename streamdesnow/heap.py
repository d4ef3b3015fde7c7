"""The C library's heap, told to keep what is freed.

Pictures are a few megabytes each and live for milliseconds. Left to itself, glibc gives such memory back to
the kernel, which clears and maps it again page by page for the next one: up to 3 ms a frame at 1280x720. The
command line and capture processes keep it; a program of your own may.
"""

from __future__ import annotations

import contextlib
import ctypes

__all__ = ["keep_freed_memory"]

# malloc.h
_M_TRIM_THRESHOLD = -1
_M_MMAP_THRESHOLD = -3
_LARGEST = 32 << 20
"""Bytes; the most that glibc takes, and a picture of 3840x2160."""
_KEPT = 128 << 20
"""Bytes that may lie free before any go back."""


def keep_freed_memory() -> None:
    """Use freed memory again instead of giving it back, for the whole process. No effect without glibc."""
    with contextlib.suppress(OSError, AttributeError):
        libc = ctypes.CDLL(None)
        libc.mallopt(_M_MMAP_THRESHOLD, _LARGEST)
        libc.mallopt(_M_TRIM_THRESHOLD, _KEPT)
