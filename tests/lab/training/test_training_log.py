"""The log of a training run: CSV that anything reads, whatever figures come when."""

from __future__ import annotations

import csv
from pathlib import Path

from streamdesnow.lab.training.training_log import TrainingLog


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def test_the_first_line_names_the_columns(tmp_path: Path) -> None:
    log = TrainingLog(tmp_path / "log.csv")
    log.write({"step": 20, "overall": -31.25})
    log.write({"step": 40, "overall": -32.5})
    assert (tmp_path / "log.csv").read_text().splitlines() == ["step,overall", "20,-31.25", "40,-32.5"]


def test_a_figure_that_comes_later_gets_a_column_and_earlier_lines_stay(tmp_path: Path) -> None:
    log = TrainingLog(tmp_path / "log.csv")
    log.write({"step": 20, "first": 1.0})
    log.write({"step": 40, "overall": 2.0, "gain": 3.0})
    assert _rows(tmp_path / "log.csv") == [
        {"step": "20", "first": "1", "overall": "", "gain": ""},
        {"step": "40", "first": "", "overall": "2", "gain": "3"},
    ]
    assert [path.name for path in tmp_path.iterdir()] == ["log.csv"]


def test_a_run_that_goes_on_continues_the_table(tmp_path: Path) -> None:
    TrainingLog(tmp_path / "log.csv").write({"step": 20, "overall": 1.0})
    later = TrainingLog(tmp_path / "log.csv")
    later.write({"overall": 2.0, "step": 40})
    later.write({"step": 60, "overall": 3.0, "gain": 0.5})
    assert [row["step"] for row in _rows(tmp_path / "log.csv")] == ["20", "40", "60"]
    assert _rows(tmp_path / "log.csv")[2]["gain"] == "0.5"
