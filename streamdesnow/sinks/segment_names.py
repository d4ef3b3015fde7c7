"""File names of recorded segments: made from the wall clock, and recognised again."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import Self

from streamdesnow.config.output import RecordConfig
from streamdesnow.errors import SinkError
from streamdesnow.storage.dated_name import DatedName
from streamdesnow.storage.names import camera_directory

__all__ = ["SegmentNames"]

SUFFIX = ".mp4"
_LONGEST = 1000


class SegmentNames:
    """Names in `directory` after a template such as `%Y-%m-%d_%H-%M-%S`.

    Args:
        template: strftime; `{camera}` and `{show}` are replaced; may hold folders; without ending.

    Raises:
        SinkError: the template leads out of the directory, or makes names that cannot be recognised again.
    """

    def __init__(self, directory: Path, template: str, camera: str, show: str) -> None:
        if Path(template).is_absolute() or ".." in Path(template).parts or not template.strip("/"):
            raise SinkError(
                f"record[{camera}]: name {template!r} leads out of {directory}; give a name without .. and "
                "without a leading /"
            )
        self.directory = directory
        try:
            self._names = DatedName(template, camera, show)
        except ValueError as error:
            raise SinkError(f"record[{camera}]: name {template!r}: {error}") from error

    @classmethod
    def recorded_by(cls, config: RecordConfig, camera: str) -> Self:
        """What an output names a camera's segments.

        Raises:
            SinkError: its template leads out of its directory.
        """
        return cls(camera_directory(config.directory, camera), config.name, camera, config.show)

    def candidates(self, now: dt.datetime) -> Iterator[Path]:
        """Names for a segment that starts now: the plain one, then with 2, 3 ... added."""
        for name in self._names.candidates(now):
            yield self.directory / f"{name}{SUFFIX}"

    def existing(self) -> list[Path]:
        """Segments in the directory that bear such a name, in no order. Other files are not ours to count.

        Raises:
            OSError: the directory cannot be read.
        """
        found = self.directory.rglob(f"*{SUFFIX}")
        return [path for path in found if self._knows(self.name_of(path))]

    def name_of(self, path: Path) -> str:
        """A segment's name below the directory."""
        return path.relative_to(self.directory).as_posix()

    def find(self, name: str) -> Path | None:
        """The segment of that name below the directory; None if there is none, whatever else is there."""
        path = self.directory / name
        if len(name) > _LONGEST or ".." in name.split("/"):
            return None
        try:
            # Before the pattern, which takes its time over names that somebody made up for it.
            there = path.is_file() and not path.is_symlink()
            inside = path.resolve().is_relative_to(self.directory.resolve())
        except (OSError, ValueError):  # too long, or no name at all
            return None
        return path if there and inside and self._knows(name) else None

    def same_as(self, other: SegmentNames) -> bool:
        """Whether both name the same files."""
        return self.directory == other.directory and self._names.same_as(other._names)

    def _knows(self, name: str) -> bool:
        return name.endswith(SUFFIX) and self._names.knows(name.removesuffix(SUFFIX))
