"""The bounded queue in front of every sink."""

from __future__ import annotations

import threading
from collections import deque

from streamdesnow.frame import CleanedFrame

__all__ = ["FrameQueue"]

_ROOM = 192 * 2**20
"""Bytes of pictures that may wait: fifteen frames of 1920x1080, before and after. An output that fails must
not cost more, for each of many cameras."""


class FrameQueue:
    """Holds at most `capacity` frames; a newcomer displaces the oldest. One thread puts, one takes.

    Args:
        capacity: frames.
        room: bytes of pictures that they may hold together, one frame always.
    """

    def __init__(self, capacity: int, room: int = _ROOM) -> None:
        self.capacity = capacity
        self._room = room
        self._bytes = 0
        self._latest = 0
        self._frames: deque[CleanedFrame] = deque()
        self._closed = False
        self._changed = threading.Condition()

    def __len__(self) -> int:
        return len(self._frames)

    @property
    def full(self) -> bool:
        """Whether the next `put` would displace a frame, if that is as large as the last one."""
        return self._overfull(self._latest)

    @property
    def closed(self) -> bool:
        """Whether no frame will come any more; those that wait can still be taken."""
        return self._closed

    def put(self, cleaned: CleanedFrame) -> int:
        """Queue a frame. Returns how many frames were lost by that, mostly 0 or 1."""
        size = _bytes(cleaned)
        with self._changed:
            if self._closed:
                return 1
            lost = 0
            while self._overfull(size):
                self._pop()
                lost += 1
            self._frames.append(cleaned)
            self._bytes += size
            self._latest = size
            self._changed.notify()
            return lost

    def take(self, timeout: float) -> CleanedFrame | None:
        """The oldest frame; None if there was none in `timeout` seconds or none will come."""
        with self._changed:
            if not self._frames and not self._closed and timeout > 0:
                self._changed.wait(timeout)
            return self._pop() if self._frames else None

    def clear(self) -> int:
        """Throw away what waits; returns how many that were."""
        with self._changed:
            lost = len(self._frames)
            self._frames.clear()
            self._bytes = 0
            return lost

    def close(self) -> None:
        """Take no more frames and wake whoever waits for one."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    def _overfull(self, more: int) -> bool:
        return bool(self._frames) and (len(self._frames) >= self.capacity or self._bytes + more > self._room)

    def _pop(self) -> CleanedFrame:
        cleaned = self._frames.popleft()
        self._bytes -= _bytes(cleaned)
        return cleaned


def _bytes(cleaned: CleanedFrame) -> int:
    return int(cleaned.image.nbytes + cleaned.before.image.nbytes)
