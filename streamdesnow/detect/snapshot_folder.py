"""Pictures of the best view of each track."""

from __future__ import annotations

import contextlib
import datetime as dt
import logging
import os
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from streamdesnow.clock import Clock
from streamdesnow.detect.event import Snapshots
from streamdesnow.storage.clock_trust import ClockTrust
from streamdesnow.storage.write import atomic_write, storage_failed

__all__ = ["SnapshotFolder"]

_log = logging.getLogger(__name__)

_LOOK = 600.0
"""Seconds from one look at the folder to the next."""
_AT_ONCE = 200
"""Pictures that one call looks at: whoever calls has other things to do."""


class SnapshotFolder:
    """JPEG files, a folder a day: `2026-01-15/12-00-03_1f3a5c7e-12_clean.jpg`, in UTC.

    Args:
        who: name for messages.
        directory: the events' folder; paths are relative to it.
        keep: seconds after which pictures are deleted; None: never.
        clock: says how old they are.
    """

    def __init__(self, who: str, directory: Path, keep: float | None, clock: Clock) -> None:
        self._who = who
        self._directory = directory
        self._keep = keep
        self._clock = clock
        self._trust = ClockTrust(clock)
        self._due = clock.monotonic()
        self._look: Iterator[None] | None = None

    def write(self, name: str, entered: dt.datetime, pictures: tuple[bytes, bytes]) -> Snapshots:
        """Write both pictures of a track; a second time, better ones take their place.

        Args:
            name: the track's own.
            entered: when it came, UTC; with the name it gives the files' names.
            pictures: before cleaning and after, JPEG.

        Raises:
            StorageFailed: disk full or gone; no part of a picture is left.
        """
        folder = Path("snapshots") / f"{entered:%Y-%m-%d}"
        try:
            (self._directory / folder).mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise storage_failed(self._who, self._directory / folder, error) from error
        paths = []
        for kind, data in zip(("before", "clean"), pictures, strict=True):
            path = folder / f"{entered:%H-%M-%S}_{name}_{kind}.jpg"
            atomic_write(self._who, self._directory / path, data)
            paths.append(path.as_posix())
        return Snapshots(before=paths[0], clean=paths[1])

    def delete_old(self) -> None:
        """Delete what is too old: now and then, and only a part in one call. A failure is logged, not raised.

        To be called often, whether or not anything is written.
        """
        if self._keep is None or (self._look is None and self._clock.monotonic() < self._due):
            return
        if self._look is None:
            moment = self._trust.look()
            if not moment.trusted:
                self._due = moment.elapsed + _LOOK
                return
            limit = max(0.0, moment.now - self._keep)
            self._look = _delete_older(self._directory / "snapshots", limit)
        try:
            if sum(1 for _ in islice(self._look, _AT_ONCE)) == _AT_ONCE:
                return
        except OSError as error:
            _log.warning("%s: cannot delete old snapshots: %s", self._who, error)
        self._look = None
        self._due = self._clock.monotonic() + _LOOK


def _delete_older(folder: Path, limit: float) -> Iterator[None]:
    """Delete what was written before `limit`, seconds since 1970, picture by picture."""
    last_day = f"{dt.datetime.fromtimestamp(limit, dt.UTC):%Y-%m-%d}"
    for day in sorted(folder.glob("????-??-??")):
        if day.name > last_day:
            break
        with os.scandir(day) as entries:
            for entry in entries:
                # Somebody else may delete too.
                with contextlib.suppress(FileNotFoundError):
                    if entry.name.endswith(".jpg") and entry.stat().st_mtime < limit:
                        Path(entry).unlink()
                yield
        if not any(day.iterdir()):
            day.rmdir()
