"""Plays a file at its own speed."""

from __future__ import annotations

__all__ = ["Pacer"]

_LATE = 0.5


class Pacer:
    """Tells how long to wait before a frame is due."""

    def __init__(self) -> None:
        self._offset: float | None = None

    def delay(self, seconds: float, now: float) -> float:
        """Seconds to wait until the frame with presentation time `seconds` is due; 0 if it is due or late.

        More than half a second late, the film goes on from here instead of hurrying to catch up.
        """
        if self._offset is None or now - (seconds + self._offset) > _LATE:
            self._offset = now - seconds
        return max(0.0, seconds + self._offset - now)

    def restart(self) -> None:
        """The next frame is due at once: presentation time has jumped."""
        self._offset = None
