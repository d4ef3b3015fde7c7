"""Freed memory is used again, which page faults give away."""

from __future__ import annotations

import platform
import subprocess
import sys

import pytest

_PROGRAM = """
import resource, sys
import numpy as np
from streamdesnow.heap import keep_freed_memory
if sys.argv[1] == "kept":
    keep_freed_memory()
def faults():
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt
for turn in range(60):
    if turn == 20:
        before = faults()
    pictures = [np.ones((720, 1280, 3), np.uint8) for _ in range(4)]
    del pictures
print(faults() - before)
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="the heap is that of glibc")
def test_pictures_that_come_and_go_are_not_mapped_again() -> None:
    assert _faults("kept") * 20 < _faults("given back")


def _faults(how: str) -> int:
    ran = subprocess.run(
        [sys.executable, "-c", _PROGRAM, how], capture_output=True, text=True, check=True, timeout=60
    )
    return int(ran.stdout)
