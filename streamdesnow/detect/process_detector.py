"""Any detector, in a process of its own."""

from __future__ import annotations

import logging
from typing import NoReturn

import numpy as np

from streamdesnow.backoff import Backoff
from streamdesnow.clock import Clock, SystemClock
from streamdesnow.config.camera import RetryConfig
from streamdesnow.detect.detection import Detection
from streamdesnow.detect.process import DetectorProcess
from streamdesnow.detect.wire import Failed, Found, HungUp, Look, Open, Ready
from streamdesnow.errors import DetectorFailed
from streamdesnow.frame import Image

__all__ = ["ProcessDetector"]

_log = logging.getLogger(__name__)

_OPENING = 180.0
"""Seconds that opening may take: importing torch from a cold disk, or a GPU's first use, are slow."""
_MOST_FAILURES = 5
"""Pictures in a row on which it may fail before its process is started anew: a GPU that failed once may fail
for as long as the process lives."""
_RETRY = RetryConfig(initial=1.0, maximum=60.0)


class ProcessDetector:
    """Has another process look; see `Detector`. One that crashes or hangs fails on that frame only: it is
    ended, and started again for a later one, after waits that grow while nothing succeeds. So is one that
    fails on five frames in a row.

    `close` may be called from another thread; a `detect` that is under way then fails at once.

    Args:
        name: for messages.
        factory: `module:function`, which makes the detector in its process from `config`.
        config: text for the factory.
        timeout: seconds that one frame may take.
        clock: for the waits; tests pass their own.
    """

    def __init__(
        self, name: str, factory: str, config: str, *, timeout: float = 30.0, clock: Clock | None = None
    ) -> None:
        self._name = name
        self._factory = factory
        self._config = config
        self._timeout = timeout
        self._clock = clock or SystemClock()
        self._backoff = Backoff(_RETRY)
        self._due = float("-inf")
        self._labels: tuple[str, ...] = ()
        self._process: DetectorProcess | None = None
        self._failures = 0
        self._closed = True
        self.restarts = 0

    @property
    def labels(self) -> tuple[str, ...]:
        """Names of the classes, by number."""
        return self._labels

    @property
    def pid(self) -> int | None:
        """Number of the process, while there is one."""
        return self._process.pid if self._process is not None else None

    def open(self) -> None:
        """Start the process and have it load the network; see `Detector.open`."""
        self._closed = False
        self._start()

    def detect(self, image: Image) -> tuple[Detection, ...]:
        """What is in a picture; see `Detector.detect`."""
        if self._closed:
            raise DetectorFailed(f"{self._name}: the detector is not open")
        process = self._process or self._start_again()
        height, width = image.shape[:2]
        pixels = np.ascontiguousarray(image).reshape(-1).data
        try:
            answer = process.ask(Look(width, height), pixels, timeout=self._timeout)
        except TimeoutError:
            self._lost(f"took longer than {self._timeout:g} s over one frame", process)
        except HungUp:
            self._lost(f"crashed: its process {process.bury()}", process)
        if isinstance(answer, Failed):
            self._failures += 1
            if self._failures >= _MOST_FAILURES:
                self._lost(f"failed on {self._failures} pictures in a row: {answer.again()}", process)
            raise answer.again()
        if not isinstance(answer, Found):
            self._lost("talked nonsense", process)
        self._backoff.reset()
        self._failures = 0
        return answer.detections

    def close(self) -> None:
        """End the process; may be called twice."""
        self._closed = True
        process, self._process = self._process, None
        if process is not None:
            process.end()

    def _start(self) -> DetectorProcess:
        try:
            process = DetectorProcess(self._factory)
        except OSError as error:
            raise DetectorFailed(f"{self._name}: its process cannot be started: {error.strerror}") from error
        try:
            answer = process.ask(Open(self._config), timeout=_OPENING)
        except TimeoutError:
            self._lost(f"did not open within {_OPENING:g} s", process)
        except HungUp:
            self._lost(f"crashed while opening: its process {process.bury()}", process)
        if not isinstance(answer, Ready):
            process.end()
            fault = answer.again() if isinstance(answer, Failed) else DetectorFailed("it talked nonsense")
            raise fault
        self._labels = answer.labels
        self._process = process
        if self._closed:
            self._lost("was closed", process)
        return process

    def _start_again(self) -> DetectorProcess:
        wait = self._due - self._clock.monotonic()
        if wait > 0:
            raise DetectorFailed(f"{self._name}: is started again in {wait:.0f} s")
        self._due = self._clock.monotonic() + self._backoff.next()
        self.restarts += 1
        _log.info("detector %s is started again", self._name)
        return self._start()

    def _lost(self, why: str, process: DetectorProcess) -> NoReturn:
        process.end()
        self._process, self._failures = None, 0
        if self._closed:
            raise DetectorFailed(f"{self._name}: the detector was closed")
        raise DetectorFailed(f"{self._name}: {why}; it will be started again")
