"""How often tracks break: what snow, or cleaning, does to whoever follows somebody through the picture."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from streamdesnow.config.tracking import TrackConfig
from streamdesnow.detect.detection import Detection
from streamdesnow.detect.tracking import Tracker
from streamdesnow.lab.scoring.detection.matching import match

__all__ = ["TrackScore", "follow", "score_tracks"]


@dataclass(frozen=True, slots=True)
class TrackScore:
    """Tracks of a clip against true ones.

    Attributes:
        tracks: how many there truly are.
        breaks: how often one of them was found again after a gap, or went on under another number
            (fragmentations and identity switches of CLEAR MOT).
        never: how many of them were not found in any frame.
    """

    tracks: int = 0
    breaks: int = 0
    never: int = 0

    def __add__(self, other: TrackScore) -> TrackScore:
        return TrackScore(self.tracks + other.tracks, self.breaks + other.breaks, self.never + other.never)


def follow(
    frames: Iterable[Sequence[Detection]], fps: float, confidence: float
) -> Iterator[tuple[Detection, ...]]:
    """What was found in each frame, joined into tracks with default settings.

    Args:
        frames: of one camera, in order.
        fps: how many of them there are in a second.
        confidence: least confidence of a new track.

    Raises:
        DetectorUnavailable: the tracking library is not installed.
    """
    tracker = Tracker(TrackConfig(), confidence)
    for number, found in enumerate(frames):
        yield tracker.update(found, number / fps).found


def score_tracks(found: Iterable[Sequence[Detection]], truth: Iterable[Sequence[Detection]]) -> TrackScore:
    """Compare tracks frame by frame; both of the same frames, in order."""
    histories: dict[int, list[int | None]] = {}
    for seen, there in zip(found, truth, strict=True):
        partners = {j: i for i, j in match(seen, there).items()}
        for place, each in enumerate(there):
            if each.track is not None:
                partner = seen[partners[place]].track if place in partners else None
                histories.setdefault(each.track, []).append(partner)
    score = TrackScore()
    for history in histories.values():
        score += TrackScore(1, _breaks(history), int(not any(history)))
    return score


def _breaks(history: Sequence[int | None]) -> int:
    """Gaps that end again, and changes of number without a gap."""
    breaks, known, gap = 0, None, False
    for track in history:
        if track is None:
            gap = known is not None
        else:
            breaks += known is not None and (gap or track != known)
            known, gap = track, False
    return breaks
