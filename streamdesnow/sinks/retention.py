"""Deletes recorded segments that are too old or too many."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

from streamdesnow.clock import Clock
from streamdesnow.sinks.segment_names import SegmentNames

__all__ = ["Retention"]

_log = logging.getLogger(__name__)

_IN_USE = 60.0
"""A file written to so lately may be the current segment of another camera in the same folder."""
_STEP = 60.0
"""Seconds by which the wall clock may run apart from the monotonic one between two looks."""
_DOUBT = 3600.0
"""Seconds for which a clock that seems wrong does not decide what is too old: time servers are slow to answer
where a network comes up late."""
_SETTLED = 86400.0
"""Seconds after which a file from the future counts as of now for good."""


class _Segment(NamedTuple):
    modified: float
    path: Path
    size: int


class Retention:
    """Keeps a folder of segments within `keep` seconds and `max_size` bytes, oldest deleted first.

    Only files named as this recorder names them count and are deleted. A clock that is wrong deletes nothing:
    where all that is there is too old at the first look, and whenever the clock has been set, an hour passes
    before age counts.
    """

    def __init__(
        self, names: SegmentNames, keep: float | None, max_size: int | None, clock: Clock, sink: str
    ) -> None:
        self._names = names
        self._keep = keep
        self._max_size = max_size
        self._clock = clock
        self._sink = sink
        self._apart: float | None = None
        self._trusted_at = float("-inf")
        self._ahead: dict[Path, float] = {}

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
        ages_count = self._trusts_clock(now, segments)
        for segment in segments:
            too_old = ages_count and self._too_old(segment, now)
            too_many = self._max_size is not None and total > self._max_size
            in_use = segment.path == current or now - segment.modified < _IN_USE
            if (too_old or too_many) and not in_use and self._delete(segment):
                total -= segment.size
                deleted.append(segment.path)
        return deleted

    def _too_old(self, segment: _Segment, now: float) -> bool:
        return self._keep is not None and now - segment.modified > self._keep

    def _trusts_clock(self, now: float, segments: Sequence[_Segment]) -> bool:
        """Whether the wall clock may say what is too old."""
        if self._keep is None:
            return False
        elapsed = self._clock.monotonic()
        first, apart = self._apart is None, now - elapsed
        was_set = self._apart is not None and abs(apart - self._apart) > _STEP
        self._apart = apart
        if was_set or (first and segments and all(self._too_old(segment, now) for segment in segments)):
            self._trusted_at = elapsed + _DOUBT
            why = "the clock was set" if was_set else "all recordings are older than `keep`"
            _log.warning("%s: %s: none is deleted for its age in the next hour", self._sink, why)
        return elapsed >= self._trusted_at

    def _segments(self, now: float) -> list[_Segment]:
        segments = []
        ahead: dict[Path, float] = {}
        try:
            for path in self._names.existing():
                stat = path.stat()
                modified = stat.st_mtime
                if modified > now + _IN_USE:
                    # The clock was ahead when it was written, or is behind now. It would never grow old, and
                    # take others' room: it ages from when it was seen first.
                    elapsed = self._clock.monotonic()
                    ahead[path] = self._ahead.get(path, elapsed)
                    modified = now - (elapsed - ahead[path])
                    if now - modified > _SETTLED:
                        os.utime(path, (modified, modified))
                segments.append(_Segment(modified, path, stat.st_size))
        except OSError as error:
            # Somebody else deletes too, or the folder is gone, which the recorder itself will report.
            _log.debug("%s: %s", self._sink, error)
        self._ahead = ahead
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
