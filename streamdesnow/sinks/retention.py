"""Deletes recorded segments that are too old or too many."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from streamdesnow.clock import Clock
from streamdesnow.sinks.segment_names import SegmentNames
from streamdesnow.storage.clock_trust import ClockTrust, Moment

__all__ = ["Retention"]

_log = logging.getLogger(__name__)

_IN_USE = 60.0
"""A file written to so lately may be the current segment of another camera in the same folder."""
_FAR = 86400.0
"""Seconds by which a clock must have been off for dates by it to be mended: a machine may have slept."""
_SETTLED = 86400.0
"""Seconds after which a file from the future counts as of now for good."""


class _Segment(NamedTuple):
    modified: float
    path: Path
    size: int


class Retention:
    """Keeps a folder of segments within `keep` seconds and `max_size` bytes, oldest deleted first.

    Only files named as this recorder names them count and are deleted. A clock that may be wrong deletes
    nothing for its age (`ClockTrust`); what was recorded by it is dated anew when it is set.
    """

    def __init__(
        self, names: SegmentNames, keep: float | None, max_size: int | None, clock: Clock, sink: str
    ) -> None:
        self._names = names
        self._keep = keep
        self._max_size = max_size
        self._sink = sink
        self._trust = ClockTrust(clock)
        self._ahead: dict[Path, float] = {}
        self._own: set[Path] = set()

    def apply(self, current: Path | None) -> list[Path]:
        """Delete what is too much, never `current`. A failure is logged, not raised: recording goes on.

        Returns:
            The deleted files.
        """
        if self._keep is None and self._max_size is None:
            return []
        moment = self._trust.look()
        if abs(moment.step) > _FAR:
            _log.warning("%s: the clock was set; ages count again in an hour", self._sink)
            self._date_anew(moment)
        if current is not None:
            self._own.add(current)
        segments = self._segments(moment)
        total = sum(segment.size for segment in segments)
        deleted = []
        for segment in segments:
            age = moment.now - segment.modified
            too_old = moment.trusted and self._keep is not None and age > self._keep
            too_many = self._max_size is not None and total > self._max_size
            in_use = segment.path == current or age < _IN_USE
            if (too_old or too_many) and not in_use and self._delete(segment):
                total -= segment.size
                deleted.append(segment.path)
        return deleted

    def _date_anew(self, moment: Moment) -> None:
        """Shift the dates of what was recorded here by the clock as it was before it was set."""
        for path in self._own:
            with suppress(OSError):
                was = path.stat().st_mtime
                # What was written to since has a date by the new clock.
                if abs(was + moment.step - moment.now) < abs(was - moment.now):
                    os.utime(path, (was + moment.step, was + moment.step))

    def _segments(self, moment: Moment) -> list[_Segment]:
        segments = []
        ahead: dict[Path, float] = {}
        try:
            for path in self._names.existing():
                stat = path.stat()
                modified = stat.st_mtime
                if modified > moment.now + _IN_USE:
                    # The clock was ahead when it was written, or is behind now. It would never grow old, and
                    # take others' room: it ages from when it was seen first.
                    ahead[path] = self._ahead.get(path, moment.elapsed)
                    modified = moment.now - (moment.elapsed - ahead[path])
                    if moment.now - modified > _SETTLED:
                        os.utime(path, (modified, modified))
                segments.append(_Segment(modified, path, stat.st_size))
        except OSError as error:
            # Somebody else deletes too, or the folder is gone, which the recorder itself will report.
            _log.debug("%s: %s", self._sink, error)
        self._ahead = ahead
        self._own.intersection_update(segment.path for segment in segments)
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
