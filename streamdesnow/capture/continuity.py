"""Notices jumps in presentation time."""

from __future__ import annotations

__all__ = ["Continuity"]

_LEAP = 10.0
_LEAP_IN_STEPS = 10


class Continuity:
    """Compares each frame's presentation time with the one before.

    A jump is a step back, or a step forward that is both longer than ten seconds and ten times as long as the
    step before: a time-lapse with a frame a minute does not jump, a camera whose clock is set does.
    """

    def __init__(self) -> None:
        self._last: float | None = None
        self._step = 0.0

    def jumps(self, seconds: float) -> bool:
        """Whether a frame does not follow on the one before; True for the first of all."""
        if self._last is None:
            self._last = seconds
            return True
        step = seconds - self._last
        jump = step < 0 or (step > _LEAP and 0 < self._step * _LEAP_IN_STEPS < step)
        self._last, self._step = seconds, 0.0 if jump else step
        return jump

    def restart(self) -> None:
        """The next frame follows on nothing."""
        self._last = None
        self._step = 0.0
