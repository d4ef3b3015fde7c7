"""File names of recorded segments: made from the wall clock, and recognised again."""

from __future__ import annotations

import datetime as dt
import itertools
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Self

from streamdesnow.config.output import RecordConfig
from streamdesnow.errors import SinkError
from streamdesnow.storage.names import camera_directory, safe_name

__all__ = ["SegmentNames"]

SUFFIX = ".mp4"
_LONGEST = 1000

# What strftime writes for a directive; for others, anything that is no folder.
_DIRECTIVES = {
    "Y": r"\d{4}", "f": r"\d{6}", "j": r"\d{3}", "s": r"\d+", "%": "%",
    **dict.fromkeys("dHIMmSyUWVu", r"\d{1,2}"),
}  # fmt: skip


class SegmentNames:
    """Names in `directory` after a template such as `%Y-%m-%d_%H-%M-%S`.

    Args:
        template: strftime; `{camera}` and `{show}` are replaced; may hold folders; without ending.

    Raises:
        SinkError: the template leads out of the directory.
    """

    def __init__(self, directory: Path, template: str, camera: str, show: str) -> None:
        if Path(template).is_absolute() or ".." in Path(template).parts or not template.strip("/"):
            raise SinkError(
                f"record[{camera}]: name {template!r} leads out of {directory}; give a name without .. and "
                "without a leading /"
            )
        self.directory = directory
        self._template = template
        self._parts = {"{camera}": safe_name(camera), "{show}": show}
        self._pattern = re.compile(self._regex() + r"(-\d+)?" + re.escape(SUFFIX))

    @classmethod
    def recorded_by(cls, config: RecordConfig, camera: str) -> Self:
        """What an output names a camera's segments.

        Raises:
            SinkError: its template leads out of its directory.
        """
        return cls(camera_directory(config.directory, camera), config.name, camera, config.show)

    def candidates(self, now: dt.datetime) -> Iterator[Path]:
        """Names for a segment that starts now: the plain one, then with -2, -3 ... added."""
        # strftime first: the camera's name may hold a %.
        stem = now.strftime(self._template)
        for placeholder, value in self._parts.items():
            stem = stem.replace(placeholder, value)
        yield self.directory / f"{stem}{SUFFIX}"
        for number in itertools.count(2):
            yield self.directory / f"{stem}-{number}{SUFFIX}"

    def existing(self) -> list[Path]:
        """Segments in the directory that bear such a name, in no order. Other files are not ours to count.

        Raises:
            OSError: the directory cannot be read.
        """
        found = self.directory.rglob(f"*{SUFFIX}")
        return [path for path in found if self._pattern.fullmatch(self.name_of(path))]

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
        return path if there and inside and self._pattern.fullmatch(name) else None

    def same_as(self, other: SegmentNames) -> bool:
        """Whether both name the same files."""
        return (self.directory, self._pattern) == (other.directory, other._pattern)

    def _regex(self) -> str:
        pieces = re.split(r"(%[-_0^#]?[A-Za-z%]|\{camera\}|\{show\})", self._template)
        return "".join(self._piece(piece) for piece in pieces)

    def _piece(self, piece: str) -> str:
        if piece in self._parts:
            return re.escape(self._parts[piece])
        if len(piece) > 1 and piece.startswith("%"):
            return _DIRECTIVES.get(piece[-1], r"[^/]+?")
        return re.escape(piece)
