"""Time stamps for outputs that go on without end, whatever happens to the source's."""

from __future__ import annotations

from fractions import Fraction

from streamdesnow.frame import Frame

__all__ = ["STREAM_TIME_BASE", "Timeline"]

STREAM_TIME_BASE = Fraction(1, 90000)
"""What RTP, MPEG-TS and most cameras count in."""

_JUMP = Fraction(10)
"""Seconds that a time stamp may advance by before it counts as a jump to another time line."""


class Timeline:
    """Maps the time stamps of one camera to a line that starts at 0 and always grows.

    While the source's time stamps grow, distances are kept exactly (rounded to `STREAM_TIME_BASE`). After a
    discontinuity, a step back, a jump or a change of time base the line goes on by as much time as passed
    between the captures of the two frames, so that viewers see a pause and players no jump.
    """

    def __init__(self) -> None:
        self._previous: Frame | None = None
        self._last = -1
        self._origin = Fraction(0)

    def place(self, frame: Frame) -> int:
        """The frame's time stamp in units of `STREAM_TIME_BASE`; frames are placed in order, each once."""
        previous, self._previous = self._previous, frame
        seconds = frame.pts * frame.time_base
        if previous is None:
            self._origin = seconds
        elif _is_another_line(previous, frame):
            passed = Fraction(max(0.0, frame.captured_at - previous.captured_at))
            self._origin = seconds - self._last * STREAM_TIME_BASE - passed
        self._last = max(self._last + 1, round((seconds - self._origin) / STREAM_TIME_BASE))
        return self._last


def _is_another_line(previous: Frame, frame: Frame) -> bool:
    step = frame.pts * frame.time_base - previous.pts * previous.time_base
    return frame.discontinuity or frame.time_base != previous.time_base or not 0 < step <= _JUMP
