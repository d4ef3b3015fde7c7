"""Frames that have come from a capture process and have not been read."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable

from streamdesnow.capture.parcel import Parcel

__all__ = ["Inbox"]


def _no_one() -> None:
    """Nobody watches."""


class Inbox:
    """A queue for files; for live sources a place for one frame, which a newer one takes from an older.

    Args:
        live: keep only the newest.

    Attributes:
        on_change: called whenever a frame has come, or none will come any more.
    """

    def __init__(self, live: bool) -> None:
        self.on_change: Callable[[], None] = _no_one
        self._live = live
        self._parcels: deque[tuple[Parcel, int]] = deque()
        self._changed = threading.Condition()
        self._finished = False
        self._dropped = 0
        self._discontinuity = False

    def __len__(self) -> int:
        return len(self._parcels)

    @property
    def dropped(self) -> int:
        """Frames that gave way to newer ones."""
        return self._dropped

    def put(self, parcel: Parcel, index: int) -> None:
        """Add a frame."""
        stale = None
        with self._changed:
            if self._live and self._parcels:
                stale, _ = self._parcels.popleft()
                self._dropped += 1
                # The flag is of the gap, not of the frame: it must reach whoever reads next.
                self._discontinuity |= stale.arrived.discontinuity
            self._parcels.append((parcel, index))
            self._changed.notify()
        if stale is not None:
            stale.release()
        self.on_change()

    def take(self, timeout: float) -> tuple[Parcel, int, bool] | None:
        """The next frame, its index, and whether it follows a gap; None if none comes in `timeout` seconds,
        or none will come any more."""
        with self._changed:
            self._changed.wait_for(lambda: self._parcels or self._finished, max(0.0, timeout))
            if not self._parcels:
                return None
            parcel, index = self._parcels.popleft()
            discontinuity = parcel.arrived.discontinuity or self._discontinuity
            self._discontinuity = False
            return parcel, index, discontinuity

    def finish(self) -> None:
        """No frame will be added; whoever waits may go."""
        with self._changed:
            self._finished = True
            self._changed.notify_all()
        self.on_change()

    def clear(self) -> None:
        """Throw away what is there."""
        with self._changed:
            self._parcels.clear()
