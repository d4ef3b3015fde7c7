"""Whether a camera loses frames because the machine cannot keep up with it."""

from __future__ import annotations

__all__ = ["Loss"]

_SPAN = 0.5
"""Seconds that a verdict needs at least."""
_FRAMES = 5
"""Frames that a verdict needs at least."""
_TOLERATED = 0.1
"""Share of its frames that a camera may lose: one that is late now and then is no overload."""


class Loss:
    """Compares, twice a second, the frames that one camera has sent with those that were served.

    Attributes:
        since: monotonic seconds since which too many are lost all the time; None if that is not so.
    """

    def __init__(self) -> None:
        self.since: float | None = None
        self._began: tuple[float, int, int] | None = None

    def step(self, now: float, came: int, served: int, every: int) -> None:
        """Note how things are.

        Args:
            now: monotonic seconds.
            came: frames that the camera has sent so far.
            served: frames that were served so far.
            every: one frame in this many should be.
        """
        if self._began is None:
            self._began = (now, came, served)
            return
        then, came_then, served_then = self._began
        expected = (came - came_then) / every
        if now - then < _SPAN or expected < _FRAMES:
            return
        self._began = (now, came, served)
        if expected - (served - served_then) <= max(1.0, _TOLERATED * expected):
            self.since = None
        elif self.since is None:
            self.since = then

    def restart(self) -> None:
        """Something was changed: what was seen before says nothing any more."""
        self.since = None
        self._began = None
