"""The bounded queue in front of every sink."""

from __future__ import annotations

import threading
from collections import deque

from streamdesnow.frame import CleanedFrame

__all__ = ["FrameQueue"]


class FrameQueue:
    """Holds at most `capacity` frames; a newcomer displaces the oldest. One thread puts, one takes."""

    def __init__(self, capacity: int) -> None:
        self.capacity = capacity
        self._frames: deque[CleanedFrame] = deque()
        self._closed = False
        self._changed = threading.Condition()

    def __len__(self) -> int:
        return len(self._frames)

    @property
    def full(self) -> bool:
        """Whether the next `put` would displace a frame."""
        return len(self._frames) >= self.capacity

    @property
    def closed(self) -> bool:
        """Whether no frame will come any more; those that wait can still be taken."""
        return self._closed

    def put(self, cleaned: CleanedFrame) -> int:
        """Queue a frame. Returns how many frames were lost by that (0 or 1)."""
        with self._changed:
            if self._closed:
                return 1
            lost = 0
            if self.full:
                self._frames.popleft()
                lost = 1
            self._frames.append(cleaned)
            self._changed.notify()
            return lost

    def take(self, timeout: float) -> CleanedFrame | None:
        """The oldest frame; None if there was none in `timeout` seconds or none will come."""
        with self._changed:
            if not self._frames and not self._closed and timeout > 0:
                self._changed.wait(timeout)
            return self._frames.popleft() if self._frames else None

    def clear(self) -> int:
        """Throw away what waits; returns how many that were."""
        with self._changed:
            lost = len(self._frames)
            self._frames.clear()
            return lost

    def close(self) -> None:
        """Take no more frames and wake whoever waits for one."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()
