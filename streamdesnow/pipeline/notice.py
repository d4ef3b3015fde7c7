"""What happens to cameras that somebody may want to know at once: told to the log, and to whoever asked."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from streamdesnow.clock import Clock, SystemClock

__all__ = ["Notice", "NoticeKind", "Notices", "Observer"]

_log = logging.getLogger(__name__)


class NoticeKind(StrEnum):
    """What a notice is about."""

    SNOW_STARTED = "snow_started"
    SNOW_STOPPED = "snow_stopped"
    OVERLOADED = "overloaded"
    RELIEVED = "relieved"


@dataclass(frozen=True, slots=True)
class Notice:
    """One thing that happened to one camera.

    Attributes:
        kind: see `NoticeKind`. OVERLOADED: its overload policy went a step further; RELIEVED: a step back.
        camera: its name.
        at: wall-clock time.
        text: for people, without the camera's name.
    """

    kind: NoticeKind
    camera: str
    at: dt.datetime
    text: str


Observer = Callable[[Notice], None]
"""Told of each notice, in the thread that serves the cameras: it must be quick."""


class Notices:
    """Passes notices on.

    Args:
        observer: told besides the log; one that raises is told nothing more.
        clock: stamps.
    """

    def __init__(self, observer: Observer | None = None, clock: Clock | None = None) -> None:
        self._observer = observer
        self._clock = clock or SystemClock()

    def tell(self, kind: NoticeKind, camera: str, text: str) -> None:
        """Something happened to a camera."""
        level = logging.WARNING if kind is NoticeKind.OVERLOADED else logging.INFO
        _log.log(level, "%s: %s", camera, text)
        if self._observer is None:
            return
        try:
            self._observer(Notice(kind, camera, self._clock.now(), text))
        except Exception:
            self._observer = None
            _log.warning("whoever observes cameras fails and is told nothing more", exc_info=True)
