"""Looks at frames of one camera and counts what comes of it."""

from __future__ import annotations

from streamdesnow.clock import Clock
from streamdesnow.detect.detection import Detection
from streamdesnow.detect.event_reporter import EventReporter
from streamdesnow.detect.observer import Observer
from streamdesnow.frame import CleanedFrame
from streamdesnow.pipeline.detector_runner import DetectorRunner
from streamdesnow.pipeline.meters import LatencyMeter, RateMeter
from streamdesnow.status.snapshot import DetectionSnapshot

__all__ = ["Watcher"]


class Watcher:
    """One camera's observer at the shared detector; `snapshot` is for any thread, the rest for one.

    Args:
        observer: finds, follows and reports.
        detector: shared with other cameras.
        clock: measures looks.
        reporter: the observer's; None where no events are written.
        compare: whether frames before cleaning are looked at too.

    Attributes:
        tracks: what was found last.
        skipped: frames whose turn it was but that were not looked at.
    """

    def __init__(
        self,
        observer: Observer,
        detector: DetectorRunner,
        clock: Clock,
        reporter: EventReporter | None = None,
        *,
        compare: bool = False,
    ) -> None:
        self.observer = observer
        self.detector = detector
        self.tracks: tuple[Detection, ...] = ()
        self.skipped = 0
        self._clock = clock
        self._reporter = reporter
        self._compare = compare
        self._frames = 0
        self._latency = LatencyMeter()
        self._rate = RateMeter()

    def look(self, cleaned: CleanedFrame) -> bool:
        """Look at a frame; what is found is in `tracks`. False if the detector failed."""
        began = self._clock.monotonic()
        tracks = self.detector.attempt(lambda detector: self.observer.look(detector, cleaned))
        if tracks is None:
            return False
        self.tracks = tracks
        self._frames += 1
        self._latency.add(self._clock.monotonic() - began)
        return True

    def forget(self) -> None:
        """What was found last is not there any more: the stream was cut, or the detector is away."""
        self.tracks = ()
        self.observer.cut()

    def tidy(self) -> None:
        """Delete snapshots that are too old. Quick; to be called often, also while no frames come."""
        if self._reporter is not None:
            self._reporter.tidy()

    def close(self) -> None:
        """The stream has ended: so have all tracks."""
        self.tracks = ()
        self.observer.close()

    def snapshot(self) -> DetectionSnapshot:
        """How it is doing; callable from any thread."""
        observer, reporter = self.observer, self._reporter
        return DetectionSnapshot(
            frames=self._frames,
            fps=self._rate.rate(self._frames, self._clock.monotonic()),
            latency=self._latency.read(),
            skipped=self.skipped,
            tracks=len(self.tracks),
            objects=observer.objects,
            only_before=observer.only_before if self._compare else None,
            only_clean=observer.only_clean if self._compare else None,
            events=reporter.written if reporter is not None else 0,
            events_lost=reporter.lost if reporter is not None else 0,
            error=reporter.error if reporter is not None else None,
        )
