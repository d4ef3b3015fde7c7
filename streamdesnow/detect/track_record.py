"""What is known of one track from its first frame to its last."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from fractions import Fraction

from streamdesnow.detect.detection import Detection, SeenIn

__all__ = ["Sighting", "TrackRecord"]


@dataclass(frozen=True, slots=True)
class Sighting:
    """A thing in one frame.

    Attributes:
        detection: of the tracker, so with a `track`.
        pts: of the frame, in units of `time_base`.
        time_base: seconds per unit of `pts`.
        time: when the frame was captured, by the clock on the wall, UTC.
        size: (width, height) of the frame.
        zone: name of the zone it stands in.
    """

    detection: Detection
    pts: int
    time_base: Fraction
    time: dt.datetime
    size: tuple[int, int]
    zone: str | None = None


class TrackRecord:
    """One track.

    Attributes:
        entered: its first sighting.
        last: its latest.
        best: the surest.
        frames: number of sightings.
        zones: where it was, in the order of its way.
        seen_in: which picture showed it so far.
        pictures: (before, clean) of the best sighting as JPEG; None where no pictures are kept.
    """

    def __init__(self, first: Sighting) -> None:
        self.entered = self.last = self.best = first
        self.frames = 0
        self.zones: list[str] = []
        self.seen_in: SeenIn = first.detection.seen_in
        self.pictures: tuple[bytes, bytes] | None = None

    @property
    def track(self) -> int:
        """Its number."""
        track = self.entered.detection.track
        if track is None:
            raise ValueError("a record of what has no track")
        return track

    def see(self, sighting: Sighting) -> bool:
        """Take note of a sighting; the first counts as well. True if it is the best so far."""
        self.frames += 1
        self.last = sighting
        if sighting.detection.seen_in != self.seen_in:
            self.seen_in = "both"
        if sighting.zone is not None and sighting.zone not in self.zones:
            self.zones.append(sighting.zone)
        better = self.frames == 1 or sighting.detection.confidence > self.best.detection.confidence
        if better:
            self.best = sighting
        return better
