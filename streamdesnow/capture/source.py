"""The seam between the pipeline and whatever frames come from."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from streamdesnow.errors import CaptureError
from streamdesnow.frame import Frame

__all__ = ["CaptureState", "CaptureStatus", "Source"]


class CaptureState(StrEnum):
    """Where a source is in its life."""

    STARTING = "starting"
    RUNNING = "running"
    RETRYING = "retrying"
    ENDED = "ended"
    FAILED = "failed"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class CaptureStatus:
    """What an operator wants to know of a source, at one moment.

    Attributes:
        state: see `CaptureState`; ENDED and FAILED are final, no frame will follow.
        message: one line for people, credentials redacted; empty when all is well.
        frames: frames decoded since the source was first opened.
        dropped: frames decoded but replaced by newer ones before they were read (live sources only).
        restarts: how often the worker was started again after a failure.
        error: the last failure, None if there was none; in state FAILED the reason.
    """

    state: CaptureState
    message: str = ""
    frames: int = 0
    dropped: int = 0
    restarts: int = 0
    error: CaptureError | None = None


class Source(Protocol):
    """Frames of one camera. Same life as every component: construct, open, read, close."""

    @property
    def camera(self) -> str:
        """The camera's name in the pipeline file."""
        ...

    @property
    def live(self) -> bool:
        """True: the newest frame counts and old ones are dropped. False: every frame is delivered."""
        ...

    @property
    def status(self) -> CaptureStatus:
        """State and counters now; cheap, callable from any thread."""
        ...

    def watch(self, changed: Callable[[], None]) -> None:
        """Have `changed` called, from any thread, whenever a frame or the end may be read; before `open`."""
        ...

    def open(self) -> None:
        """Start capturing. Returns at once: failures show in `status`, never as an exception here."""
        ...

    def read(self, timeout: float) -> Frame | None:
        """The next frame (files) or the newest unread one (live); None if none came in `timeout` seconds.

        `timeout` 0 polls. After the last frame of a file `status.state` is ENDED and this returns None.
        """
        ...

    def close(self) -> None:
        """Stop, within a second or two, whatever the camera does. May be called twice."""
        ...
