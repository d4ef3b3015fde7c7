"""Joins detections of one thing into a track, by ByteTrack of the `trackers` library."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from streamdesnow.config.tracking import TrackConfig
from streamdesnow.detect.detection import Detection
from streamdesnow.errors import DetectorUnavailable

if TYPE_CHECKING:
    from trackers import ByteTrackTracker

__all__ = ["TrackUpdate", "Tracker", "check_trackers"]

# ByteTrack counts a lost track's patience in frames of this rate, whatever the real one is.
_RATE = 30.0
_TICK = 1e-3

Class = tuple[str, int]


@dataclass(frozen=True, slots=True)
class TrackUpdate:
    """What one frame changed.

    Attributes:
        found: what was found in it, with `track` set, surest first; without what is not confirmed yet.
        left: numbers of tracks that have ended.
    """

    found: tuple[Detection, ...]
    left: tuple[int, ...]


class Tracker:
    """Tracks of one camera, numbered from 1; a number is never used again.

    Detectors waver between classes: a track has the class that had most confidence so far.

    Args:
        config: see `TrackConfig`.
        confidence: least confidence of detections; what `start` is if the config does not say.

    Raises:
        DetectorUnavailable: the `trackers` library is not installed.
    """

    def __init__(self, config: TrackConfig, confidence: float) -> None:
        self._config = config
        self._start = confidence if config.start is None else config.start
        self._tracker = _byte_track(config, self._start)
        # The library counts from 0.
        self._offset = 1
        self._highest = 0
        self._last: float | None = None
        self._votes: dict[int, dict[Class, float]] = {}

    @property
    def tracks(self) -> tuple[int, ...]:
        """Numbers of the tracks that have not ended."""
        return tuple(self._votes)

    def update(self, detections: Sequence[Detection], seconds: float) -> TrackUpdate:
        """Take what was found in the next frame.

        Args:
            seconds: presentation time of the frame; after a jump back call `reset` first.
        """
        import supervision

        given = supervision.Detections(
            xyxy=np.array([_corners(each) for each in detections], float).reshape(-1, 4),
            confidence=np.array([each.confidence for each in detections], float),
            data={"number": np.arange(len(detections))},
        )
        result = self._tracker.update(given, timestamp=self._growing(seconds))
        found = []
        if result.tracker_id is not None and len(result):
            for number, identity in zip(result.data["number"], result.tracker_id, strict=True):
                if identity >= 0:
                    found.append(self._named(detections[number], int(identity) + self._offset))
        alive = {each.tracker_id + self._offset for each in self._tracker.tracks if each.tracker_id >= 0}
        left = tuple(track for track in self._votes if track not in alive)
        for track in left:
            del self._votes[track]
        return TrackUpdate(tuple(sorted(found, key=lambda each: -each.confidence)), left)

    def reset(self) -> tuple[int, ...]:
        """End all tracks, because the next frame has nothing to do with the last; numbers of those ended."""
        ended = self.tracks
        self._offset = self._highest + 1
        self._tracker = _byte_track(self._config, self._start)
        self._votes.clear()
        self._last = None
        return ended

    def _named(self, detection: Detection, track: int) -> Detection:
        self._highest = max(self._highest, track)
        votes = self._votes.setdefault(track, defaultdict(float))
        votes[(detection.label, detection.class_id)] += detection.confidence
        label, class_id = max(votes, key=lambda each: votes[each])
        return replace(detection, label=label, class_id=class_id, track=track)

    def _growing(self, seconds: float) -> float:
        """The library refuses times that do not grow; two frames of one time stamp are a tick apart."""
        self._last = seconds if self._last is None else max(seconds, self._last + _TICK)
        return self._last


def check_trackers() -> None:
    """See that tracks can be made.

    Raises:
        DetectorUnavailable: the `trackers` library is not installed.
    """
    try:
        import trackers
    except ImportError as error:
        raise DetectorUnavailable(
            f"tracks need the trackers library ({error}): pip install 'streamdesnow[track]'"
        ) from error
    del trackers


def _byte_track(config: TrackConfig, start: float) -> ByteTrackTracker:
    check_trackers()
    from trackers import ByteTrackTracker

    return ByteTrackTracker(
        lost_track_buffer=round(config.lost * _RATE),
        frame_rate=_RATE,
        track_activation_threshold=start,
        minimum_consecutive_frames=config.confirm,
        minimum_iou_threshold=config.overlap,
        high_conf_det_threshold=start,
    )


def _corners(detection: Detection) -> tuple[float, float, float, float]:
    box = detection.box
    return box.left, box.top, box.right, box.bottom
