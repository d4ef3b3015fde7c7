"""Which camera's overload policy goes a step further or back, and when."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from streamdesnow.config.overload import OverloadConfig
from streamdesnow.pipeline.loss import Loss
from streamdesnow.pipeline.notice import NoticeKind, Notices
from streamdesnow.pipeline.rank import Rank

__all__ = ["Overload", "Strained"]

_LONGEST = 8
"""Times `recover` that is waited at most."""


class Strained(Protocol):
    """What is asked of a camera."""

    @property
    def name(self) -> str:
        """Its name."""
        ...

    @property
    def rank(self) -> Rank:
        """The higher its priority, the later its policy sets in, and the sooner that ends."""
        ...

    @property
    def keeping_up(self) -> tuple[int, int] | None:
        """Frames that it has sent, and that were served; None where losing frames would mean nothing."""
        ...

    def relieve(self, steps: int) -> None:
        """Go a step further (1) or back (-1)."""
        ...


class Overload:
    """Watches whether cameras lose frames, and has those of lowest priority give way first.

    Half of the cameras that lose frames go a step at a time, then the effect is awaited; back they go one by
    one, the longer after a return that was too early, so that no camera goes to and fro.
    """

    def __init__(self, cameras: Sequence[Strained], config: OverloadConfig, notices: Notices) -> None:
        self._cameras = tuple(cameras)
        self._losses = [Loss() for _ in cameras]
        self._config = config
        self._notices = notices
        self._calm_since: float | None = None
        self._returned_at: float | None = None
        self._stepped_at = float("inf")
        self._late = False
        self._patience = 1

    def step(self, now: float) -> None:
        """Look, and act if it is time; cheap, to be called often.

        Args:
            now: monotonic seconds.
        """
        if self._was_one_long_call(now):
            self._look_anew()
        for camera, loss in zip(self._cameras, self._losses, strict=True):
            counts = camera.keeping_up
            if counts is None:
                loss.restart()
            else:
                loss.step(now, *counts, camera.rank.relief.every)
        losing = [loss.since for loss in self._losses if loss.since is not None]
        if losing:
            self._calm_since = None
            if now - min(losing) >= self._config.after:
                self._give_way(now)
        elif self._calm_since is None:
            self._calm_since = now
        elif now - self._calm_since >= self._config.recover * self._patience:
            self._return(now)

    def _was_one_long_call(self, now: float) -> bool:
        """Whether the network took very long once, as the first call of a frame size may: no overload."""
        late, was_late = now - self._stepped_at > self._config.after, self._late
        self._stepped_at, self._late = now, late
        return late and not was_late

    def _give_way(self, now: float) -> None:
        able = [
            camera
            for camera, loss in zip(self._cameras, self._losses, strict=True)
            if loss.since is not None and camera.rank.relief.can_give
        ]
        if not able:
            return
        if self._returned_at is not None and now - self._returned_at < self._config.recover:
            self._patience = min(2 * self._patience, _LONGEST)
            self._returned_at = None
        lowest = min(camera.rank.priority for camera in able)
        first = sorted((camera for camera in able if camera.rank.priority == lowest), key=_level)
        for camera in first[: (len(first) + 1) // 2]:
            camera.relieve(1)
            text = f"cannot keep up, from now on {camera.rank.relief.text}"
            self._notices.tell(NoticeKind.OVERLOADED, camera.name, text)
        self._look_anew()

    def _return(self, now: float) -> None:
        strained = [camera for camera in self._cameras if camera.rank.relief.level]
        if not strained:
            self._patience = 1
            return
        if self._returned_at is not None:
            self._patience = max(1, self._patience // 2)
        camera = max(strained, key=lambda camera: (camera.rank.priority, camera.rank.relief.level))
        camera.relieve(-1)
        text = f"keeps up again, from now on {camera.rank.relief.text or 'as usual'}"
        self._notices.tell(NoticeKind.RELIEVED, camera.name, text)
        self._returned_at = now
        self._look_anew()

    def _look_anew(self) -> None:
        self._calm_since = None
        for loss in self._losses:
            loss.restart()


def _level(camera: Strained) -> int:
    return camera.rank.relief.level
