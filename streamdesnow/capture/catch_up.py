"""What to do when a live stream is decoded more slowly than it comes: go on from where the camera is now."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Protocol, TypeVar

__all__ = ["CatchUp"]

_WINDOW = 1.0
"""Seconds over which it is judged whether packets are waited for."""
_WAITING = 0.2
"""Share of the time that a reader waits for packets if it keeps up."""
_BEHIND = 1.0
"""Seconds behind the camera from which on packets are passed over."""
_LONGEST = 200
"""Packets passed over at most: some cameras refresh by lines and send no keyframe."""


class _Packet(Protocol):
    @property
    def is_keyframe(self) -> bool: ...


_P = TypeVar("_P", bound=_Packet)


class CatchUp:
    """Passes packets of a live stream on, or over.

    What is not read in time waits in sockets, tens of seconds of it, so a reader that gets too little of the
    processor would show an ever older picture. It is told by its hardly ever waiting for a packet while time
    stamps fall behind the clock; a network that stalls and then delivers all at once looks otherwise, and so
    does a camera whose clock runs at a speed of its own. From then on only keyframes are passed on, until
    packets are waited for again, and all of them from the next keyframe on.

    Args:
        now: seconds, monotonic.
    """

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._began = now()
        self._waited = 0.0
        self._base: float | None = None
        self._passing_over = self._caught_up = False
        self._in_a_row = 0
        self._missed = 0

    def pick(self, packets: Iterator[_P], seconds: Callable[[_P], float | None]) -> Iterator[_P]:
        """The packets that are to be decoded.

        Args:
            seconds: time stamp of a packet, None without one.
        """
        while True:
            since = self._now()
            packet = next(packets, None)
            if packet is None:
                return
            now = self._now()
            self._waited += now - since
            self._judge(now, seconds(packet))
            if packet.is_keyframe and self._caught_up:
                self._passing_over = False
            if self._passing_over and not packet.is_keyframe:
                self._pass_over()
            else:
                self._in_a_row = 0
                yield packet

    def take_missed(self) -> int:
        """How many packets were passed over since this was asked last."""
        missed, self._missed = self._missed, 0
        return missed

    def _judge(self, now: float, seconds: float | None) -> None:
        if seconds is None:
            return
        offset = now - seconds
        self._base = offset if self._base is None else min(self._base, offset)
        passed = now - self._began
        if passed < _WINDOW:
            return
        if self._waited >= _WAITING * passed:
            self._base, self._caught_up = offset, True
        elif offset - self._base > _BEHIND:
            self._passing_over, self._caught_up = True, False
        self._began, self._waited = now, 0.0

    def _pass_over(self) -> None:
        self._missed += 1
        self._in_a_row += 1
        if self._in_a_row >= _LONGEST:
            self._passing_over, self._in_a_row, self._base = False, 0, None
