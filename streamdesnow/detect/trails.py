"""The way that things took lately."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence

from streamdesnow.detect.detection import Detection

__all__ = ["Trails"]

Spot = tuple[int, int]
"""x, y in pixels."""


class Trails:
    """Remembers where each track stood, the middle of the lower edge of its box.

    Args:
        seconds: how far back.
    """

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._ways: dict[int, deque[tuple[float, Spot]]] = {}
        self._last = 0.0

    def follow(self, tracks: Sequence[Detection], seconds: float) -> dict[int, list[Spot]]:
        """Take note of a frame; the way of each of its tracks so far, oldest first.

        Args:
            seconds: presentation time of the frame; a jump back forgets everything.
        """
        if seconds < self._last:
            self._ways.clear()
        self._last = seconds
        for each in tracks:
            if each.track is not None:
                self._add(each.track, _foot(each), seconds)
        # A track that is not there now may come back for as long as its way is remembered.
        for track in list(self._ways):
            way = self._ways[track]
            while way and seconds - way[0][0] > self._seconds:
                way.popleft()
            if not way:
                del self._ways[track]
        return {
            each.track: [spot for _, spot in self._ways[each.track]]
            for each in tracks
            if each.track is not None and each.track in self._ways
        }

    def _add(self, track: int, spot: Spot, seconds: float) -> None:
        way = self._ways.setdefault(track, deque())
        if not way or way[-1][1] != spot:
            way.append((seconds, spot))


def _foot(detection: Detection) -> Spot:
    box = detection.box
    return round((box.left + box.right) / 2), round(box.bottom)
