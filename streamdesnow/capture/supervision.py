"""What to do about a source that fails, hangs or crashes: a state machine without threads or processes."""

from __future__ import annotations

from enum import Enum, auto

from streamdesnow.backoff import Backoff
from streamdesnow.capture.source import CaptureState
from streamdesnow.errors import CaptureError, SourceDamaged, SourceRefused, SourceStalled, SourceUnreachable

__all__ = ["Step", "Supervision"]

_FILE_PATIENCE = 6.0
"""Files may keep silent this much longer: slow disks, large pictures, seeking through a damaged part."""

_STARTUP = 30.0
"""Seconds for a process to start and take its order, on a machine that is busy with other things."""

_MOST_CRASHES = 3

_NOTED = 60.0
"""Seconds that a note on a camera is shown while its frames come."""


class Step(Enum):
    """What the supervised source's owner has to do now."""

    WAIT = auto()
    OPEN = auto()
    KILL = auto()


class _Phase(Enum):
    PAUSED = auto()
    ORDERED = auto()
    OPENING = auto()
    STREAMING = auto()
    FINISHED = auto()


class Supervision:
    """Watches one source from outside its reader.

    A source that is `endless` (a camera) is tried again after every failure. A file ends, or fails for good;
    only when its process crashes or hangs is it read once more, and again only while it gets further.

    Args:
        name: of the source, for messages.
        endless: see above.
        stall: seconds without a sign of life after which the process is killed.
        backoff: waits between tries.
        refused: waits between tries after the server refused the login.
        now: monotonic seconds; the first step is due at once.
    """

    def __init__(
        self, name: str, *, endless: bool, stall: float, backoff: Backoff, refused: Backoff, now: float
    ) -> None:
        self._name = name
        self._endless = endless
        self._patience = stall if endless else stall * _FILE_PATIENCE
        self._backoff = backoff
        self._refused = refused
        self._phase = _Phase.PAUSED
        self._due = now
        self._heard = now
        self._opened = False
        self._crashes = 0
        self._furthest = -1
        self.state = CaptureState.STARTING
        self.message = ""
        self._noted = float("inf")
        self.error: CaptureError | None = None
        self.restarts = 0

    @property
    def finished(self) -> bool:
        """Nothing will come any more."""
        return self._phase is _Phase.FINISHED

    def wait(self, now: float) -> float | None:
        """Seconds until a step is due; None if never."""
        if self._phase is _Phase.FINISHED:
            return None
        if self._phase is _Phase.PAUSED:
            return max(0.0, self._due - now)
        patience = _STARTUP if self._phase is _Phase.ORDERED else self._patience
        return max(0.0, self._heard + patience - now)

    def step(self, now: float, position: int) -> Step:
        """The step that is due.

        Args:
            now: monotonic seconds.
            position: frames of the source that have been received since it began.
        """
        if self.wait(now) != 0.0:
            return Step.WAIT
        if self._phase is _Phase.PAUSED:
            self._phase, self._heard, self._opened = _Phase.ORDERED, now, False
            return Step.OPEN
        self._broken(self._silence(), now, position)
        return Step.KILL

    def alive(self, now: float) -> None:
        """The process gave a sign of life: the first says that it has begun to open the source."""
        self._heard = now
        if self._phase is _Phase.ORDERED:
            self._phase = _Phase.OPENING

    def opened(self, now: float) -> None:
        """The source was opened."""
        self.alive(now)
        self._opened = True

    def arrived(self, now: float) -> None:
        """A frame came."""
        self._heard = now
        if self._phase is not _Phase.STREAMING:
            self._phase, self.state, self.message = _Phase.STREAMING, CaptureState.RUNNING, ""
            self._backoff.reset()
            self._refused.reset()
        elif self._endless and now - self._noted > _NOTED:
            self._noted, self.message = float("inf"), ""

    def note(self, text: str, now: float) -> None:
        """Something for people to read: of a camera for a minute, of a file to its end."""
        self.message, self._noted = text, now

    def ended(self, now: float) -> None:
        """The source came to its end."""
        if self._endless:
            self._retry(SourceUnreachable(f"{self._name}: the server ended the stream"), now)
        else:
            self._phase, self.state = _Phase.FINISHED, CaptureState.ENDED

    def failed(self, error: CaptureError, now: float) -> None:
        """The source could not be opened or read on."""
        if self._endless:
            self._retry(error, now)
        else:
            self._fail(error)

    def crashed(self, how: str, now: float, position: int) -> None:
        """The process is gone.

        Args:
            how: by which signal or exit code.
            now: monotonic seconds.
            position: frames of the source that have been received since it began.
        """
        if not self.finished:
            where = f"at frame {position}" if position else "before the first frame"
            text = f"{self._name}: the decoder crashed {where}; its process {how}"
            self._broken(SourceDamaged(text), now, position)

    def _broken(self, error: CaptureError, now: float, position: int) -> None:
        if self._endless:
            self._retry(error, now)
            return
        self._crashes += 1
        if position <= self._furthest or self._crashes > _MOST_CRASHES:
            self._fail(type(error)(f"{error}; and again when tried once more: the file is damaged"))
            return
        self._furthest = position
        self._retry(error, now)

    def _retry(self, error: CaptureError, now: float) -> None:
        wait = (self._refused if isinstance(error, SourceRefused) else self._backoff).next()
        # The wait counts from the last sign of life, so that a try that hung is followed by the next at once.
        self._due = max(now, self._heard + wait)
        self._phase, self.state, self.error = _Phase.PAUSED, CaptureState.RETRYING, error
        wait = self._due - now
        self.message = f"{error}; trying again " + (f"in {wait:.1f} s" if wait > 0.05 else "now")
        self.restarts += 1

    def _fail(self, error: CaptureError) -> None:
        self._phase, self.state = _Phase.FINISHED, CaptureState.FAILED
        self.error, self.message = error, str(error)

    def _silence(self) -> CaptureError:
        if self._phase is _Phase.ORDERED:
            return CaptureError(f"{self._name}: its process did not start within {_STARTUP:g} s")
        if self._phase is _Phase.STREAMING:
            return SourceStalled(f"{self._name}: sent no frame for {self._patience:g} s")
        if self._opened:
            return SourceStalled(f"{self._name}: was opened and sent no frame for {self._patience:g} s")
        return SourceUnreachable(f"{self._name}: does not answer, for {self._patience:g} s now")
