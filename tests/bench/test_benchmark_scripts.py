"""Benchmarks tell mistakes in their arguments as the command line does."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

_BENCHMARKS = Path(__file__).parents[2] / "benchmarks"


def test_a_clip_that_is_not_there_is_one_line_and_the_exit_code_of_a_source(tmp_path: Path) -> None:
    script = [sys.executable, str(_BENCHMARKS / "quality.py"), "nope.avi"]
    done = subprocess.run(script, cwd=tmp_path, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 3
    assert done.stderr == "error: nope.avi: no such file or folder\n"
