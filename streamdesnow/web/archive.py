"""What a camera's outputs have recorded."""

from __future__ import annotations

import stat
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from streamdesnow.clock import Clock
from streamdesnow.config.output import Show
from streamdesnow.config.pipeline import PipelineConfig
from streamdesnow.errors import SinkError
from streamdesnow.sinks.segment_names import SegmentNames

__all__ = ["Archive", "Known", "Recording"]

_GROWS_S = 10.0
"""A file that was written to so lately is not finished."""
_FRESH_S = 2.0
"""For which a look at a folder counts, whoever asks,"""
_REST = 20
"""and for so many times as long as it took: there may be a winter in it."""


@dataclass(frozen=True, slots=True)
class Recording:
    """A segment.

    Attributes:
        output: which of the pipeline file's outputs wrote it, counted from 0.
        name: below that output's folder.
        show: what it shows; None where outputs that show different things share names.
        ended: seconds since 1970 when it was written to last.
        size: bytes.
        grows: whether it is probably being written still.
    """

    output: int
    name: str
    show: Show | None
    ended: float
    size: int
    grows: bool

    @property
    def place(self) -> Known:
        """Where it stands among the others."""
        return (self.ended, self.output, self.name)


Known = tuple[float, int, str]
"""When a recording ended, its output and name: recordings are listed from the greatest down."""


@dataclass(frozen=True, slots=True)
class _Folder:
    output: int
    names: SegmentNames
    show: Show | None


@dataclass(slots=True)
class _Look:
    """What was seen in a camera's folders."""

    lock: threading.Lock
    found: list[Recording]
    until: float = float("-inf")


class Archive:
    """The segments of all cameras, as they lie in the folders; from any thread.

    Args:
        config: the pipeline, which says where they are.
        clock: says how old a look at them is.
    """

    def __init__(self, config: PipelineConfig, clock: Clock) -> None:
        self._clock = clock
        self._folders = {camera: tuple(_folders(config, camera)) for camera in config.cameras}
        self._looks = {camera: _Look(threading.Lock(), []) for camera in config.cameras}

    @property
    def cameras(self) -> tuple[str, ...]:
        """All of the pipeline, whether they record or not."""
        return tuple(self._folders)

    def of(self, camera: str, before: Known | None, most: int) -> list[Recording]:
        """Recordings of a camera, the newest first.

        Args:
            camera: by name.
            before: only what is listed after this; None: from the newest on.
            most: no more than so many.
        """
        found = self._found(camera)
        if before is not None:
            found = [recording for recording in found if recording.place < before]
        return found[:most]

    def find(self, camera: str, output: int, name: str) -> Path | None:
        """The file of a recording; None if there is none, or it is no recording."""
        folders = (folder for folder in self._folders.get(camera, ()) if folder.output == output)
        return next((folder.names.find(name) for folder in folders), None)

    def _found(self, camera: str) -> list[Recording]:
        look = self._looks[camera]
        with look.lock:  # one looks, the others wait for it
            began = self._clock.monotonic()
            if began >= look.until:
                found = [recording for folder in self._folders[camera] for recording in _recordings(folder)]
                look.found = sorted(found, key=lambda recording: recording.place, reverse=True)
                ended = self._clock.monotonic()
                look.until = ended + max(_FRESH_S, _REST * (ended - began))
            return look.found


def _folders(config: PipelineConfig, camera: str) -> Iterator[_Folder]:
    folders: list[_Folder] = []
    for number, output in enumerate(config.outputs):
        record = output.record
        if record is None or not record.takes(camera):
            continue
        with suppress(SinkError):  # records nothing, and the recorder says why
            folders.append(_Folder(number, SegmentNames.recorded_by(record, camera), record.show))
    for folder in folders:
        alike = [other for other in folders if folder.names.same_as(other.names)]
        if folder is alike[0]:
            shows = {other.show for other in alike}
            yield _Folder(folder.output, folder.names, folder.show if len(shows) == 1 else None)


def _recordings(folder: _Folder) -> Iterator[Recording]:
    now = time.time()
    try:
        paths = folder.names.existing()
    except OSError:
        return  # nothing has been recorded yet, or the disk is away, which the recorder says
    for path in paths:
        name = folder.names.name_of(path)
        try:
            name.encode()
            seen = path.lstat()
        except (OSError, UnicodeEncodeError):
            continue  # deleted to make room, or no name that could be sent
        if stat.S_ISREG(seen.st_mode):
            grows = now - seen.st_mtime < _GROWS_S
            yield Recording(folder.output, name, folder.show, seen.st_mtime, seen.st_size, grows)
