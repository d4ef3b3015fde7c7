"""Keeps the detector going through every failure."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import TypeVar

from streamdesnow.clock import Clock
from streamdesnow.config.camera import RetryConfig
from streamdesnow.detect.detector import Detector
from streamdesnow.errors import DetectorFailed, StreamDesnowError
from streamdesnow.pipeline.health import Health
from streamdesnow.status.snapshot import DetectorSnapshot, PartState

__all__ = ["DetectorRunner"]

_log = logging.getLogger(__name__)

T = TypeVar("T")

_RETRY = RetryConfig(initial=0.1, maximum=5.0)


class DetectorRunner:
    """The detector that all cameras of a pipeline share. `attempt` is for one thread, `snapshot` for any.

    Args:
        name: for messages, such as `detector tiny-yolov3`.
        make: gives an open detector; raises DetectorError.
        clock: measures the waits between tries.
    """

    def __init__(self, name: str, make: Callable[[], Detector], clock: Clock) -> None:
        self.name = name
        self.health = Health(name, _RETRY, clock)
        self._make = make
        self._detector: Detector | None = None
        self._failures = 0
        self._closed = False

    @property
    def ready(self) -> bool:
        """Whether it works, or may be tried again now."""
        return not self.health.retrying or self.health.wait <= 0

    def open(self) -> None:
        """Load the network. A crash on the way is not raised but tried again: it may not be there next time.

        Raises:
            DetectorUnavailable: it can never work here as it was asked for; says what to do.
            ConfigError: it knows no class that was asked for.
        """
        try:
            self._detector = self._make()
        except DetectorFailed as error:
            self._fail(error)
            return
        self.health.opened()

    def attempt(self, look: Callable[[Detector], T]) -> T | None:
        """What `look` makes of the detector; None if that failed, which is counted, or it is closed."""
        if self._closed:
            return None
        try:
            with self.health.busy():
                if self._detector is None:
                    self._detector = self._make()
                result = look(self._detector)
        except StreamDesnowError as error:
            self._fail(error)
            return None
        except Exception as error:
            # Whatever a library throws, cameras are recorded all the same.
            _log.debug("%s failed unexpectedly", self.name, exc_info=True)
            self._fail(DetectorFailed(f"{self.name}: {type(error).__name__}: {error}"))
            return None
        self.health.opened()
        self.health.worked()
        return result

    def close(self) -> None:
        """End it, from any thread: what is under way then fails. May be called twice."""
        self._closed = True
        detector = self._detector
        if detector is not None:
            detector.close()
        if self.health.state is not PartState.CLOSED:
            self.health.closed(None)

    def snapshot(self) -> DetectorSnapshot:
        """How it is doing; callable from any thread."""
        return DetectorSnapshot(
            name=self.name,
            state=self.health.state,
            message=self.health.message,
            failures=self._failures,
            failing_for=self.health.failing_for,
            error=self.health.error,
        )

    def _fail(self, error: StreamDesnowError) -> None:
        if self._closed:
            return
        self._failures += 1
        self.health.failed(error)
