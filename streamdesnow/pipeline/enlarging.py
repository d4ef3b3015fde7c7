"""Which live cameras' small frames are cleaned enlarged: as many as the machine has time for."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from typing import Protocol

from streamdesnow.pipeline.meters import RateMeter
from streamdesnow.pipeline.rank import Rank
from streamdesnow.restore.stream import Stream
from streamdesnow.restore.supersampling import is_small, size_at_network

__all__ = ["Enlarging", "Growing"]

_log = logging.getLogger(__name__)

_INTERVAL = 1.0
"""Seconds between looks."""
_WINDOW = 10.0
"""Seconds over which frames are counted, and"""
_LOOKS = 3
"""looks after which that says something."""
_BEGIN, _GO_ON = 0.6, 0.85
"""Share of the time that cleaning may take for a camera to be enlarged, and to stay so: the machine has other
things to do, and each change costs what was remembered."""
_LONGEST = 16
"""Times `recover` at most until a camera that had to stop is enlarged again."""
_FORGIVEN = 60
"""Times `recover` after which an earlier stop counts no more."""


class Growing(Protocol):
    """What is asked of a camera."""

    @property
    def name(self) -> str:
        """Its name."""
        ...

    @property
    def rank(self) -> Rank:
        """The higher its priority, the sooner it is enlarged."""
        ...

    @property
    def model(self) -> str:
        """Key of the network that cleans it."""
        ...

    @property
    def stream(self) -> Stream:
        """What that remembers of it; says whether its frames may be enlarged."""
        ...

    @property
    def size(self) -> tuple[int, int] | None:
        """(width, height) of its frames, None before the first."""
        ...

    @property
    def keeping_up(self) -> tuple[int, int] | None:
        """Frames that it has sent, and that were served; None where that says nothing."""
        ...


class Enlarging:
    """Compares, once a second, the time that cleaning takes with the time there is.

    Cameras begin enlarged. What it takes is foretold: frames that come a second, times pixels, times what a
    pixel takes of late. Who has had to stop is not enlarged for a while, which doubles each time, whether it
    was foretold or frames were lost; and nobody begins while overload has come to any camera.

    Args:
        cameras: live ones.
        seconds_a_pixel: what a pixel takes of late in the network of that key; None: not known yet.
        recover: seconds to wait the first time.
    """

    def __init__(
        self, cameras: Sequence[Growing], seconds_a_pixel: Callable[[str], float | None], recover: float
    ) -> None:
        # The sort is stable: of one priority, those that the file names first.
        self._cameras = sorted(cameras, key=lambda camera: -camera.rank.priority)
        self._rates = {camera.name: RateMeter(_WINDOW) for camera in cameras}
        self._looks = 0
        self._seconds_a_pixel = seconds_a_pixel
        self._recover = recover
        self._patience = 1
        self._looked_at: float | None = None
        self._not_before = float("-inf")

    def step(self, now: float) -> bool:
        """Look if it is time; whether anything was changed.

        Args:
            now: monotonic seconds.
        """
        if self._looked_at is not None and now - self._looked_at < _INTERVAL:
            return False
        self._looked_at = now
        self._looks += 1
        rates = {camera.name: self._rate(camera, now) for camera in self._cameras}
        if self._looks <= _LOOKS:
            return False
        taken = sum(self._share(camera, rates[camera.name], enlarged=False) for camera in self._cameras)
        may_begin = now >= self._not_before and not any(camera.rank.relief.level for camera in self._cameras)
        stopped = began = False
        for camera in self._cameras:
            if not _can_change(camera):
                continue
            rate = rates[camera.name]
            more = self._share(camera, rate, enlarged=True) - self._share(camera, rate, enlarged=False)
            if camera.stream.enlarge:
                # What is not known yet stays as it is.
                if taken + more > _GO_ON:
                    stopped |= self._turn(camera, enlarge=False)
            elif more and may_begin and taken + more <= _BEGIN:
                began |= self._turn(camera, enlarge=True)
            if camera.stream.enlarge:
                taken += more
        if stopped:
            self._wait(now)
        return stopped or began

    def give_way(self, now: float) -> bool:
        """Frames are lost: enlarge none for a while. Whether any was."""
        enlarged = [camera for camera in self._cameras if camera.stream.enlarge and _can_change(camera)]
        for camera in enlarged:
            self._turn(camera, enlarge=False)
        if enlarged:
            self._wait(now)
        return bool(enlarged)

    def _wait(self, now: float) -> None:
        if now - self._not_before > _FORGIVEN * self._recover:
            self._patience = 1
        self._not_before = now + self._recover * self._patience
        self._patience = min(2 * self._patience, _LONGEST)

    def _rate(self, camera: Growing, now: float) -> float:
        counts = camera.keeping_up
        return 0.0 if counts is None else self._rates[camera.name].rate(counts[0], now)

    def _share(self, camera: Growing, rate: float, *, enlarged: bool) -> float:
        """Of the time, that cleaning a camera takes; 0 where it cannot be told."""
        pace, relief = self._seconds_a_pixel(camera.model), camera.rank.relief
        if camera.size is None or pace is None or relief.passes or not camera.stream.cleans:
            return 0.0
        width, height = size_at_network(camera.size, enlarged=enlarged)
        return rate / relief.every * width * height * pace

    def _turn(self, camera: Growing, *, enlarge: bool) -> bool:
        camera.stream.enlarge = enlarge
        how = "enlarged, there is time for it" if enlarge else "as large as they are, to keep up"
        _log.info("%s: frames are cleaned %s", camera.name, how)
        return True


def _can_change(camera: Growing) -> bool:
    """Whether there is anything to decide: where overload has set in, there is not."""
    able = camera.stream.can_enlarge and not camera.rank.relief.level
    return able and camera.size is not None and is_small(*camera.size)
