"""Time stamps for the rare frames that come without one."""

from __future__ import annotations

import time
from collections.abc import Callable
from fractions import Fraction

__all__ = ["StampKeeper"]

_UNSTAMPED_AT_START = 3


class StampKeeper:
    """Passes container time stamps through and fills in where there is none.

    - After a stamped frame: the last stamp plus one frame's duration.
    - A file without any (raw H.264): counted from 0.
    - A live stream whose first frames have none (RTSP, until the base of the clock is known): None, the
      frame cannot be placed; when it stays so (multipart JPEG), the time of arrival.

    Args:
        live: whether frames arrive as they happen.
        now: seconds, for times of arrival.
    """

    def __init__(self, live: bool, now: Callable[[], float] = time.monotonic) -> None:
        self._live = live
        self._now = now
        self._last: int | None = None
        self._stamped = False
        self._unstamped = 0
        self._began = 0.0

    def stamp(self, pts: int | None, time_base: Fraction, step: int) -> int | None:
        """The frame's pts, or None if the frame has to be left out.

        Args:
            pts: as the container gave it.
            time_base: seconds per unit.
            step: duration of one frame in units of `time_base`, as far as is known.
        """
        if pts is None and self._live and not self._stamped:
            return self._arrival(time_base)
        if pts is None:
            pts = 0 if self._last is None else self._last + max(1, step)
        else:
            self._stamped = True
        self._last = pts
        return pts

    def _arrival(self, time_base: Fraction) -> int | None:
        self._unstamped += 1
        if self._unstamped <= _UNSTAMPED_AT_START:
            self._began = self._now()
            return None
        return round((self._now() - self._began) / time_base)
