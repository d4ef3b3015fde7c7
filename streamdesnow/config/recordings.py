"""Checks that recordings in one folder can be told apart."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from streamdesnow.config.base import KeyPath
from streamdesnow.config.output import OutputConfig, RecordConfig
from streamdesnow.storage.dated_name import DatedName
from streamdesnow.storage.names import camera_directory

__all__ = ["mixed_recordings"]


class _Recorded(NamedTuple):
    """What one output records of one camera."""

    output: int
    camera: str
    settings: RecordConfig
    directory: Path
    names: DatedName

    def clash(self, other: _Recorded) -> str | None:
        """What goes wrong in the folder of both, and what to do; None if nothing does."""
        limits = {_limits(self.settings), _limits(other.settings)}
        if limits == {(None, None)} or (self.output == other.output and self.camera == other.camera):
            return None
        part = "{show}" if self.camera == other.camera else "{camera}"
        if self.names.same_as(other.names):
            if len(limits) == 1 or self.output == other.output:
                return None
            return (
                f"outputs.{other.output} records camera {other.camera!r} there under the same names, so that "
                f"its `keep` and `max_size` and these would delete each other's files; put {part} into "
                "`name`, or choose another `directory`"
            )
        if self.names.mistakes(other.names) or other.names.mistakes(self.names):
            where = "`directory`" if part == "{camera}" else "`name`"
            return (
                f"names that outputs.{other.output} gives recordings of camera {other.camera!r} there would "
                f"pass for those of camera {self.camera!r}, and be deleted with them; put {part} into "
                f"{where}, or choose another folder"
            )
        return None


def _limits(settings: RecordConfig) -> tuple[float | None, int | None]:
    return settings.keep, settings.max_size


def mixed_recordings(
    cameras: Collection[str], outputs: Sequence[OutputConfig]
) -> Iterator[tuple[KeyPath, str]]:
    """Recordings in one folder of which one would be taken for another's, and deleted with these."""
    folders: dict[Path, list[_Recorded]] = {}
    for number, output in enumerate(outputs):
        settings = output.settings
        if not isinstance(settings, RecordConfig):
            continue
        for camera in settings.cameras or cameras:
            names = DatedName(settings.name, camera, settings.show)
            mine = _Recorded(number, camera, settings, camera_directory(settings.directory, camera), names)
            others = folders.setdefault(mine.directory, [])
            clash = next(filter(None, (mine.clash(other) for other in others)), None)
            if clash is not None:
                yield ("outputs", number, output.kind), clash
                break
            others.append(mine)
