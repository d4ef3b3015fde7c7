"""The HLS playlist (RFC 8216) of a stream that goes on, and of its last minute only."""

from __future__ import annotations

import re
from collections import deque
from dataclasses import dataclass
from datetime import datetime

__all__ = ["Entry", "Playlist", "next_sequence"]


@dataclass(frozen=True, slots=True)
class Entry:
    """One segment.

    Attributes:
        name: file name of the segment.
        header: file name of the header that its fragments need.
        duration: seconds.
        starts_at: wall-clock time of its first frame.
        discontinuity: it does not continue the segment before it.
    """

    name: str
    header: str
    duration: float
    starts_at: datetime
    discontinuity: bool = False


class Playlist:
    """The newest segments, numbered on and on.

    Args:
        window: segments that are listed.
        target: seconds that a segment is meant to last.
        sequence: number of the first segment.
        discontinuities: discontinuities before it.
    """

    def __init__(self, window: int, target: float, sequence: int = 0, discontinuities: int = 0) -> None:
        self.entries: deque[Entry] = deque()
        self._window = window
        self._target = max(1, _rounded(target))
        self._first = sequence
        self._discontinuities = discontinuities

    @property
    def next_number(self) -> int:
        """Number of the segment that will be added next."""
        return self._first + len(self.entries)

    def add(self, entry: Entry) -> list[Entry]:
        """List one segment more; those that are no longer listed."""
        self.entries.append(entry)
        # Clients may rely on it never shrinking; it grows only for sources of very few frames a second.
        self._target = max(self._target, _rounded(entry.duration))
        dropped = []
        while len(self.entries) > self._window:
            old = self.entries.popleft()
            dropped.append(old)
            self._first += 1
            self._discontinuities += old.discontinuity
        return dropped

    def render(self, *, ended: bool = False) -> str:
        """The playlist as text. `ended` tells players that nothing will follow."""
        lines = [
            "#EXTM3U",
            "#EXT-X-VERSION:7",
            f"#EXT-X-TARGETDURATION:{self._target}",
            f"#EXT-X-MEDIA-SEQUENCE:{self._first}",
            f"#EXT-X-DISCONTINUITY-SEQUENCE:{self._discontinuities}",
            "#EXT-X-INDEPENDENT-SEGMENTS",
        ]
        header = None
        for entry in self.entries:
            if entry.discontinuity:
                lines.append("#EXT-X-DISCONTINUITY")
            if entry.header != header:
                header = entry.header
                lines.append(f'#EXT-X-MAP:URI="{header}"')
            lines.append(f"#EXT-X-PROGRAM-DATE-TIME:{entry.starts_at.isoformat(timespec='milliseconds')}")
            lines += [f"#EXTINF:{entry.duration:.5f},", entry.name]
        if ended:
            lines.append("#EXT-X-ENDLIST")
        return "\n".join(lines) + "\n"


def _rounded(seconds: float) -> int:
    # As RFC 8216 rounds when it compares segments with the target (4.3.3.1).
    return int(seconds + 0.5)


def next_sequence(text: str) -> tuple[int, int]:
    """(number of the next segment, discontinuities so far) after the playlist `text`; (0, 0) if it is none.

    Numbers go on after a restart, so that players that are still watching do.
    """
    first = re.search(r"^#EXT-X-MEDIA-SEQUENCE:(\d+)$", text, re.MULTILINE)
    before = re.search(r"^#EXT-X-DISCONTINUITY-SEQUENCE:(\d+)$", text, re.MULTILINE)
    segments = len(re.findall(r"^#EXTINF:", text, re.MULTILINE))
    breaks = len(re.findall(r"^#EXT-X-DISCONTINUITY$", text, re.MULTILINE))
    if first is None:
        return 0, 0
    return int(first[1]) + segments, (int(before[1]) if before else 0) + breaks
