"""Deletes recorded segments that are too old or too many."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from streamdesnow.clock import Clock
from streamdesnow.sinks.segment_names import SegmentNames

__all__ = ["Retention"]

_log = logging.getLogger(__name__)

_IN_USE = 60.0
"""A file written to so lately may be the current segment of another camera in the same folder."""


class _Segment(NamedTuple):
    modified: float
    path: Path
    size: int


class Retention:
    """Keeps a folder of segments within `keep` seconds and `max_size` bytes, oldest deleted first.

    Only files named as this recorder names them count and are deleted.
    """

    def __init__(
        self, names: SegmentNames, keep: float | None, max_size: int | None, clock: Clock, sink: str
    ) -> None:
        self._names = names
        self._keep = keep
        self._max_size = max_size
        self._clock = clock
        self._sink = sink

    def apply(self, current: Path | None) -> list[Path]:
        """Delete what is too much, never `current`. A failure is logged, not raised: recording goes on.

        Returns:
            The deleted files.
        """
        if self._keep is None and self._max_size is None:
            return []
        now = self._clock.now().timestamp()
        segments = self._segments(now)
        total = sum(segment.size for segment in segments)
        deleted = []
        for segment in segments:
            too_old = self._keep is not None and now - segment.modified > self._keep
            too_many = self._max_size is not None and total > self._max_size
            in_use = segment.path == current or now - segment.modified < _IN_USE
            if (too_old or too_many) and not in_use and self._delete(segment):
                total -= segment.size
                deleted.append(segment.path)
        return deleted

    def _segments(self, now: float) -> list[_Segment]:
        segments = []
        try:
            for path in self._names.existing():
                stat = path.stat()
                modified = stat.st_mtime
                if modified > now + _IN_USE:
                    # The clock was ahead when it was written. It would never grow old, and take others' room.
                    os.utime(path, (now, now))
                    modified = now
                segments.append(_Segment(modified, path, stat.st_size))
        except OSError as error:
            # Somebody else deletes too, or the folder is gone, which the recorder itself will report.
            _log.debug("%s: %s", self._sink, error)
        return sorted(segments)

    def _delete(self, segment: _Segment) -> bool:
        try:
            segment.path.unlink(missing_ok=True)
        except OSError as error:
            _log.warning("%s: cannot delete the old segment %s: %s", self._sink, segment.path, error.strerror)
            return False
        _log.info("%s: deleted the old segment %s", self._sink, segment.path)
        self._tidy(segment.path.parents)
        return True

    def _tidy(self, folders: Iterable[Path]) -> None:
        """Remove folders that are empty now, the innermost first, up to the one that was configured."""
        try:
            for folder in folders:
                if folder == self._names.directory or any(folder.iterdir()):
                    break
                folder.rmdir()
        except OSError as error:
            # Somebody else tidies up too, or has put something there.
            _log.debug("%s: %s", self._sink, error)
