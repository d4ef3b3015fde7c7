"""A run's figures as a table of plain CSV, continued when the run is."""

from __future__ import annotations

import csv
from pathlib import Path

__all__ = ["TrainingLog"]


class TrainingLog:
    """A line every few steps, and a column for every figure, also for those that come later.

    Every line is on the disk as soon as it is written. A figure that was never there before makes the file
    anew with a column more, by way of a file beside it, so that a kill loses nothing.

    Args:
        path: the file; one of a run that goes on is continued.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._columns: list[str] = []
        if path.is_file():
            with path.open(newline="") as file:
                self._columns = next(csv.reader(file), [])

    def write(self, row: dict[str, float]) -> None:
        """Add a line; figures by the name of their column."""
        new = [name for name in row if name not in self._columns]
        if new:
            self._widen(new)
        with self._path.open("a", newline="") as file:
            csv.DictWriter(file, self._columns).writerow({k: f"{v:.6g}" for k, v in row.items()})

    def _widen(self, new: list[str]) -> None:
        lines: list[dict[str, str]] = []
        if self._path.is_file():
            with self._path.open(newline="") as file:
                lines = list(csv.DictReader(file))
        self._columns = self._columns + new
        part = self._path.with_suffix(".part")
        with part.open("w", newline="") as file:
            writer = csv.DictWriter(file, self._columns)
            writer.writeheader()
            writer.writerows(lines)
        part.replace(self._path)
