"""Which frames of a stream are looked at."""

from __future__ import annotations

__all__ = ["Cadence"]


class Cadence:
    """Every Nth frame, and no more than so many a second.

    Args:
        every: N.
        fps: frames a second at most; None: no limit.
    """

    def __init__(self, every: int, fps: float | None) -> None:
        self._every = every
        self._interval = 0.0 if fps is None else 1.0 / fps
        self._count = 0
        self._next = float("-inf")
        self._last = float("-inf")

    def due(self, seconds: float) -> bool:
        """Whether the next frame is one of them; to be asked once for every frame.

        Args:
            seconds: time of the frame, on a clock of its own; a jump back begins anew.
        """
        turn, self._count = self._count % self._every == 0, self._count + 1
        if seconds < self._last:
            self._next = float("-inf")
        self._last = seconds
        # Rounded time stamps of a steady stream are a little early now and then.
        if not turn or seconds < self._next - 1e-6:
            return False
        # Counted from when it was due, so that the rate is kept where frames do not come at its multiples.
        since = self._next if seconds - self._next < self._interval else seconds
        self._next = since + self._interval
        return True
