"""Whether the wall clock may say what is old enough to be deleted."""

from __future__ import annotations

from dataclasses import dataclass

from streamdesnow.clock import Clock

__all__ = ["ClockTrust", "Moment"]

_STEP = 60.0
"""Seconds by which the wall clock may run apart from the monotonic one between two looks."""
_DOUBT = 3600.0
"""Seconds for which a clock may be wrong: time servers are slow to answer where a network comes up late."""


@dataclass(frozen=True, slots=True)
class Moment:
    """What both clocks say.

    Attributes:
        now: seconds since 1970 by the wall clock.
        elapsed: seconds by the monotonic one.
        step: seconds by which the wall clock was set forward since the look before; 0 if it was not.
        trusted: whether ages by the wall clock count.
    """

    now: float
    elapsed: float
    step: float
    trusted: bool


class ClockTrust:
    """Doubts a wall clock for an hour after the machine was started, and after the clock was set.

    A box whose battery is dead boots years off, and is set right when its network comes up. The monotonic
    clock counts from there on, so that it is no matter when this process began.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._apart: float | None = None
        self._trusted_at = _DOUBT

    def look(self) -> Moment:
        """The time now, and what it is worth."""
        now, elapsed = self._clock.now().timestamp(), self._clock.monotonic()
        apart = now - elapsed
        step = 0.0 if self._apart is None or abs(apart - self._apart) <= _STEP else apart - self._apart
        self._apart = apart
        if step:
            self._trusted_at = elapsed + _DOUBT
        return Moment(now, elapsed, step, elapsed >= self._trusted_at)
