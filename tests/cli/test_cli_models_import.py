"""`streamdesnow models import` turns others' detectors into ONNX files."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from typer.testing import CliRunner, Result

from streamdesnow.cli.app import build_app


def import_(*arguments: str) -> Result:
    return CliRunner().invoke(build_app(), ["models", "import", *arguments], env={"COLUMNS": "160"})


def test_what_cannot_be_imported_is_named_with_the_reason(tmp_path: Path) -> None:
    missing = import_(str(tmp_path / "a.pt"))
    assert missing.exit_code == 4
    assert f"{tmp_path}/a.pt: there is no such file" in missing.stderr
    cut = tmp_path / "b.weights"
    cut.write_bytes(np.array([0, 2, 0, 0, 0, *range(100)], "<i4").tobytes())
    result = import_(str(cut))
    assert result.exit_code == 4
    assert (
        "b.weights: holds 100 weights; for 80 classes it should hold 8,858,734 (tiny-yolov3)" in result.stderr
    )
    names = import_(str(cut), "--names", str(tmp_path / "none.txt"))
    assert names.exit_code == 4
    assert "none.txt: cannot be read" in names.stderr
