"""Tells the world, in a file, that something came or went."""

from __future__ import annotations

import logging

from streamdesnow.clock import Clock
from streamdesnow.config.events import EventsConfig
from streamdesnow.detect.event import BestView, Event, EventBox, Moment, Reason, Snapshots
from streamdesnow.detect.event_log import EventLog
from streamdesnow.detect.snapshot_folder import SnapshotFolder
from streamdesnow.detect.track_record import Sighting, TrackRecord
from streamdesnow.errors import StorageFailed
from streamdesnow.storage.names import camera_directory

__all__ = ["EventReporter"]

_log = logging.getLogger(__name__)


class EventReporter:
    """Writes the events of one camera. What cannot be written is lost, counted and said; nothing is raised.

    Args:
        config: where to.
        camera: name of the camera.
        run: a word that no other run of any pipeline has.
        clock: tells how old snapshots are.
        compare: whether frames before cleaning are looked at too.

    Attributes:
        written: events written.
        lost: events that could not be written.
        snapshots: whether it wants pictures.
        error: why the last one could not be; None while all is well.
    """

    def __init__(self, config: EventsConfig, camera: str, run: str, clock: Clock, *, compare: bool) -> None:
        self.written = 0
        self.lost = 0
        self.error: StorageFailed | None = None
        self.snapshots = config.snapshots
        self._camera = camera
        self._run = run
        self._clock = clock
        self._compare = compare
        self._name = f"events[{camera}]"
        directory = camera_directory(config.directory, camera)
        self._log = EventLog(self._name, directory / "events.jsonl", config.rotate, config.files)
        self._folder = SnapshotFolder(self._name, directory, config.keep, clock)

    def entered(self, record: TrackRecord) -> None:
        """A track was confirmed."""
        self._report(record, None)

    def left(self, record: TrackRecord, reason: Reason) -> None:
        """A track has ended."""
        self._report(record, reason)

    def tidy(self) -> None:
        """Delete snapshots that are too old. Quick; to be called often, also while nothing comes or goes."""
        self._folder.delete_old()

    def close(self) -> None:
        """Close the file."""
        self._log.close()

    def _report(self, record: TrackRecord, reason: Reason | None) -> None:
        snapshots, trouble = self._save(record)
        try:
            self._log.append(self._event(record, reason, snapshots).line())
            self.written += 1
        except StorageFailed as error:
            self.lost += 1
            trouble = error
        if trouble is not None and self.error is None:
            _log.error("%s; the stream goes on, events are lost until this is mended", trouble)
        elif trouble is None and self.error is not None:
            _log.info("%s can be written again, %d were lost so far", self._name, self.lost)
        self.error = trouble

    def _save(self, record: TrackRecord) -> tuple[Snapshots | None, StorageFailed | None]:
        if record.pictures is None:
            return None, None
        try:
            name = f"{self._run}-{record.track}"
            return self._folder.write(name, record.entered.time, record.pictures), None
        except StorageFailed as error:
            return None, error

    def _event(self, record: TrackRecord, reason: Reason | None, snapshots: Snapshots | None) -> Event:
        last, best = record.last, record.best
        return Event(
            event="enter" if reason is None else "leave",
            id=f"{self._run}-{self._camera}-{record.track}",
            camera=self._camera,
            track=record.track,
            label=last.detection.label,
            class_id=last.detection.class_id,
            confidence=_share(best),
            at=_moment(last),
            entered=_moment(record.entered),
            box=EventBox.of(last.detection.box),
            frame=last.size,
            zone=last.zone,
            zones=tuple(record.zones),
            frames=record.frames,
            seen_in=record.seen_in if self._compare else None,
            best=BestView(at=_moment(best), confidence=_share(best), box=EventBox.of(best.detection.box)),
            snapshots=snapshots,
            reason=reason,
        )


def _moment(sighting: Sighting) -> Moment:
    base = sighting.time_base
    return Moment(
        time=sighting.time,
        pts=sighting.pts,
        time_base=f"{base.numerator}/{base.denominator}",
        seconds=round(float(sighting.pts * base), 6),
    )


def _share(sighting: Sighting) -> float:
    return round(float(sighting.detection.confidence), 4)
