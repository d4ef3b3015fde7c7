"""Pictures of the best view of each track."""

from __future__ import annotations

import datetime as dt
import logging
from pathlib import Path

from streamdesnow.clock import Clock
from streamdesnow.detect.event import Snapshots
from streamdesnow.storage.write import atomic_write, storage_failed

__all__ = ["SnapshotFolder"]

_log = logging.getLogger(__name__)

_LOOK = 600.0
"""Seconds between two looks."""


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
        self._due = clock.monotonic()

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
        """Delete what is too old, now and then. A failure is logged, not raised."""
        if self._keep is None or self._clock.monotonic() < self._due:
            return
        self._due = self._clock.monotonic() + _LOOK
        limit = self._clock.now() - dt.timedelta(seconds=self._keep)
        try:
            for day in sorted((self._directory / "snapshots").glob("????-??-??")):
                if day.name <= f"{limit:%Y-%m-%d}":
                    _delete_older(day, limit.timestamp())
        except OSError as error:
            _log.warning("%s: cannot delete old snapshots: %s", self._who, error)


def _delete_older(folder: Path, limit: float) -> None:
    for path in folder.glob("*.jpg"):
        if path.stat().st_mtime < limit:
            path.unlink(missing_ok=True)
    if not any(folder.iterdir()):
        folder.rmdir()
