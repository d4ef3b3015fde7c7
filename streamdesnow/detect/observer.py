"""What one camera sees: detector, comparison, zones, tracks and events, frame by frame."""

from __future__ import annotations

import datetime as dt
from functools import cached_property

from streamdesnow.clock import Clock
from streamdesnow.config.detect import DetectConfig
from streamdesnow.detect.compare import union
from streamdesnow.detect.detection import Detection
from streamdesnow.detect.detector import Detector
from streamdesnow.detect.event import Reason
from streamdesnow.detect.event_reporter import EventReporter
from streamdesnow.detect.track_record import Sighting, TrackRecord
from streamdesnow.detect.tracking import Tracker
from streamdesnow.detect.zones import Zones
from streamdesnow.frame import CleanedFrame
from streamdesnow.storage.picture import encode_image

__all__ = ["Observer"]


class Observer:
    """Looks at frames of one camera in their order; called from one thread.

    Args:
        config: what is looked for.
        camera: name of the camera.
        clock: gives frames their time of day.
        reporter: is told what comes and goes; None: nobody is.

    Attributes:
        objects: tracks so far.
        only_before: tracks so far that only frames before cleaning showed (with `compare`).
        only_clean: tracks so far that only cleaned frames showed (with `compare`).

    Raises:
        DetectorUnavailable: the library that makes tracks is not installed.
    """

    def __init__(
        self, config: DetectConfig, camera: str, clock: Clock, reporter: EventReporter | None = None
    ) -> None:
        self.objects = 0
        self._config = config
        self._camera = camera
        self._clock = clock
        self._reporter = reporter
        self._zones = Zones(config.zones, camera)
        self._tracker = Tracker(config.track, config.confidence)
        self._records: dict[int, TrackRecord] = {}
        self._size: tuple[int, int] | None = None
        self._last = float("-inf")
        self._cut = False
        self._gone = {"clean": 0, "before": 0, "both": 0}

    @property
    def only_before(self) -> int:
        """Tracks so far that cleaning may have hidden."""
        return self._gone["before"] + sum(each.seen_in == "before" for each in list(self._records.values()))

    @property
    def only_clean(self) -> int:
        """Tracks so far that cleaning has brought to light."""
        return self._gone["clean"] + sum(each.seen_in == "clean" for each in list(self._records.values()))

    def cut(self) -> None:
        """The stream was cut since the last look, at a frame that was not looked at."""
        self._cut = True

    def look(self, detector: Detector, cleaned: CleanedFrame) -> tuple[Detection, ...]:
        """Find what is in a frame.

        Returns:
            What was found, each with its track, surest first.

        Raises:
            DetectorError: the detector failed; tracks and events are as before.
        """
        width, height = cleaned.before.size
        found = detector.detect(cleaned.image)
        if self._config.compare:
            found = union(found, detector.detect(cleaned.before.image))
        self._notice_cut(cleaned)
        update = self._tracker.update(self._zones.keep(found, width, height), cleaned.before.seconds)
        sight = _Sight(cleaned, self._clock)
        for detection in update.found:
            self._record(detection, sight)
        for track in update.left:
            self._leave(track, "lost")
        return update.found

    def close(self) -> None:
        """The stream has ended, and with it every track. May be called twice."""
        for track in list(self._records):
            self._leave(track, "ended")
        if self._reporter is not None:
            self._reporter.close()

    def _notice_cut(self, cleaned: CleanedFrame) -> None:
        frame = cleaned.before
        if (
            self._cut
            or frame.discontinuity
            or frame.seconds < self._last
            or self._size not in (None, frame.size)
        ):
            self._tracker.reset()
            for track in list(self._records):
                self._leave(track, "interrupted")
        self._cut, self._last, self._size = False, frame.seconds, frame.size

    def _record(self, detection: Detection, sight: _Sight) -> None:
        zone = self._zones.of(detection.box, *sight.frame.size)
        frame = sight.frame
        sighting = Sighting(detection, frame.pts, frame.time_base, sight.time, frame.size, zone)
        track = detection.track
        if track is None:
            return
        record = self._records.get(track)
        is_new = record is None
        if record is None:
            record = self._records[track] = TrackRecord(sighting)
            self.objects += 1
        better = record.see(sighting)
        if better and self._reporter is not None and self._reporter.snapshots:
            record.pictures = sight.pictures
        if is_new and self._reporter is not None:
            self._reporter.entered(record)

    def _leave(self, track: int, reason: Reason) -> None:
        record = self._records.pop(track, None)
        if record is None:
            return
        self._gone[record.seen_in] += 1
        if self._reporter is not None:
            self._reporter.left(record, reason)


class _Sight:
    """One frame, whose time of day and pictures are worked out at most once, however many things it shows."""

    def __init__(self, cleaned: CleanedFrame, clock: Clock) -> None:
        self.frame = cleaned.before
        self._cleaned = cleaned
        self._clock = clock

    @cached_property
    def time(self) -> dt.datetime:
        age = self._clock.monotonic() - self.frame.captured_at
        return (self._clock.now() - dt.timedelta(seconds=age)).astimezone(dt.UTC)

    @cached_property
    def pictures(self) -> tuple[bytes, bytes]:
        who = f"events[{self.frame.camera}]"
        return encode_image(who, self.frame.image, "jpg"), encode_image(who, self._cleaned.image, "jpg")
