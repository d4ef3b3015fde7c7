"""What a camera's outputs have recorded."""

from __future__ import annotations

import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from streamdesnow.config.output import Show
from streamdesnow.config.pipeline import PipelineConfig
from streamdesnow.errors import SinkError
from streamdesnow.sinks.segment_names import SegmentNames

__all__ = ["Archive", "Recording"]

_GROWS_S = 10.0
"""A file that was written to so lately is not finished."""


@dataclass(frozen=True, slots=True)
class Recording:
    """A segment.

    Attributes:
        output: which of the pipeline file's outputs wrote it, counted from 0.
        name: below that output's folder.
        show: what it shows.
        ended: seconds since 1970 when it was written to last.
        size: bytes.
        grows: whether it is probably being written still.
    """

    output: int
    name: str
    show: Show
    ended: float
    size: int
    grows: bool


class Archive:
    """The segments of all cameras, as they lie in the folders now; from any thread.

    Args:
        config: the pipeline, which says where they are.
    """

    def __init__(self, config: PipelineConfig) -> None:
        self._folders = {camera: _folders(config, camera) for camera in config.cameras}

    @property
    def cameras(self) -> tuple[str, ...]:
        """All of the pipeline, whether they record or not."""
        return tuple(self._folders)

    def of(self, camera: str, before: float | None, most: int) -> list[Recording]:
        """Recordings of a camera, the newest first.

        Args:
            camera: by name.
            before: only what ended before, seconds since 1970; None: all.
            most: no more than so many.
        """
        now = time.time()
        found = []
        for output, (names, show) in self._folders[camera].items():
            for path in _existing(names):
                try:
                    stat = path.stat()
                except OSError:
                    continue  # it has just been deleted, to make room
                ended = stat.st_mtime
                if before is None or ended < before:
                    grows = now - ended < _GROWS_S
                    found.append(Recording(output, names.name_of(path), show, ended, stat.st_size, grows))
        return sorted(found, key=lambda recording: recording.ended, reverse=True)[:most]

    def find(self, camera: str, output: int, name: str) -> Path | None:
        """The file of a recording; None if there is none, or it is no recording."""
        folder = self._folders.get(camera, {}).get(output)
        return None if folder is None else folder[0].find(name)


def _folders(config: PipelineConfig, camera: str) -> dict[int, tuple[SegmentNames, Show]]:
    folders = {}
    for number, output in enumerate(config.outputs):
        record = output.record
        if record is not None and (record.cameras is None or camera in record.cameras):
            with suppress(SinkError):  # records nothing, and the recorder says why
                folders[number] = (SegmentNames.recorded_by(record, camera), record.show)
    return folders


def _existing(names: SegmentNames) -> list[Path]:
    try:
        return names.existing()
    except OSError:
        return []  # nothing has been recorded yet, or the disk is away, which the recorder says
