"""A source that is read in a process of its own, watched over from here."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import replace

from streamdesnow.backoff import Backoff
from streamdesnow.capture.inbox import Inbox
from streamdesnow.capture.messages import Alive, Ended, Failed, Note, Open, Opened
from streamdesnow.capture.parcel import Parcel
from streamdesnow.capture.process import CaptureProcess, Event, Exited
from streamdesnow.capture.source import CaptureState, CaptureStatus
from streamdesnow.capture.spec import SourceSpec
from streamdesnow.capture.supervision import Step, Supervision
from streamdesnow.clock import Clock
from streamdesnow.config.camera import RetryConfig
from streamdesnow.errors import CaptureError
from streamdesnow.frame import Frame
from streamdesnow.redact import redact

__all__ = ["CaptureWorker"]

_log = logging.getLogger(__name__)

_LOCKOUT = 60.0
"""Longest wait in seconds after a refused login: many cameras lock an account that is tried too often."""

_WITHOUT_HARDWARE = 3600.0
"""Seconds after which a source that fails decodes with hardware again: its process may have died of
something else."""


class CaptureWorker:
    """One camera or file; see `streamdesnow.capture.source.Source`.

    A thread of its own talks to the capture process and decides, with `Supervision`, when to open, kill and
    start again. Whether and how fast frames are read makes no difference to it.

    Args:
        spec: the source.
        stall: seconds without a frame after which a live source is restarted.
        retry: waits between restarts.
        clock: for waiting; tests pass their own.
        process: where the source is read; tests pass their own.
    """

    def __init__(
        self,
        spec: SourceSpec,
        stall: float,
        retry: RetryConfig,
        clock: Clock,
        process: CaptureProcess | None = None,
    ) -> None:
        self._spec = spec
        self._clock = clock
        self._process = process or CaptureProcess()
        self._inbox = Inbox(spec.live)
        self._supervision = Supervision(
            spec.name,
            endless=spec.endless,
            stall=stall,
            backoff=Backoff(retry),
            refused=Backoff(retry.model_copy(update={"maximum": max(retry.maximum, _LOCKOUT)})),
            now=clock.monotonic(),
        )
        self._received = 0
        self._missed = 0
        self._position = 0
        self._closing = False
        self._reported = ""
        self._decoder = ""
        self._software_until = float("-inf")
        self._told_of_sound = False
        self._thread: threading.Thread | None = None

    @property
    def camera(self) -> str:
        """The camera's name in the pipeline file."""
        return self._spec.camera

    @property
    def live(self) -> bool:
        """Whether old frames give way to new ones."""
        return self._spec.live

    @property
    def pid(self) -> int | None:
        """Number of the capture process, None between two."""
        return self._process.pid

    @property
    def status(self) -> CaptureStatus:
        """State and counters now."""
        supervision = self._supervision
        state = supervision.state
        if supervision.finished and len(self._inbox):
            # The end has been seen by the thread, not yet by whoever reads.
            state = CaptureState.RUNNING
        elif self._closing and not supervision.finished:
            state = CaptureState.STOPPED
        return CaptureStatus(
            state=state,
            message=supervision.message,
            frames=self._received + self._missed,
            dropped=self._inbox.dropped + self._missed,
            restarts=supervision.restarts,
            error=supervision.error,
        )

    def watch(self, changed: Callable[[], None]) -> None:
        """Have `changed` called whenever a frame or the end may be read."""
        self._inbox.on_change = changed

    def open(self) -> None:
        """Start capturing; returns at once."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name=f"capture {self.camera}", daemon=True)
            self._thread.start()

    def read(self, timeout: float) -> Frame | None:
        """The next frame (files) or the newest unread one (live); None if none came in `timeout` seconds."""
        taken = self._inbox.take(timeout)
        if taken is None:
            return None
        parcel, index, discontinuity = taken
        arrived = parcel.arrived
        return Frame(
            image=parcel.unpack(),
            pts=arrived.pts,
            time_base=arrived.time_base,
            captured_at=arrived.captured_at,
            camera=self.camera,
            index=index,
            discontinuity=discontinuity,
            sar=arrived.sar,
        )

    def close(self) -> None:
        """Stop, within a second or two. May be called twice."""
        if self._closing:
            return
        self._closing = True
        self._inbox.finish()
        if self._thread is not None:
            self._process.wake()
            self._thread.join()
        self._inbox.clear()
        self._process.close()

    def run_once(self) -> None:
        """Do what is due, then wait for the capture process to say something, or for the next thing due."""
        now = self._clock.monotonic()
        step = self._supervision.step(now, self._position)
        if step is Step.OPEN:
            self._open_source()
        elif step is Step.KILL:
            self._process.kill()
            self._report()
        wait = self._supervision.wait(self._clock.monotonic())
        if wait is not None:
            for event in self._process.receive(wait):
                self._handle(event, self._clock.monotonic())

    def _run(self) -> None:
        while not self._closing and not self._supervision.finished:
            try:
                self.run_once()
            except Exception as error:
                # Whatever a library throws, this thread lives on: no camera must end by a surprise.
                _log.debug("%s failed unexpectedly", self._spec.name, exc_info=True)
                self._process.kill()
                how = redact(f"{type(error).__name__}: {error}", self._spec.secrets)
                self._supervision.crashed(how, self._clock.monotonic(), self._position)
        self._process.stop()
        self._inbox.finish()

    def _open_source(self) -> None:
        try:
            if not self._process.running:
                self._process.start()
        except OSError as error:
            fault = CaptureError(f"{self._spec.name}: no capture process can be started: {error.strerror}")
            self._supervision.failed(fault, self._clock.monotonic())
            self._report()
            return
        spec = self._spec
        if self._clock.monotonic() < self._software_until:
            spec = replace(spec, decoder="software")
        self._process.send(Open(spec, 0 if spec.endless else self._position))

    def _handle(self, event: Event, now: float) -> None:
        supervision = self._supervision
        match event:
            case Parcel():
                self._accept(event)
                supervision.arrived(now)
                if self._reported:
                    _log.info("%s: frames are coming again", self._spec.name)
                    self._reported = ""
            case Opened():
                self._tell_decoder(event.info.decoder or "")
                if event.info.sound and not self._told_of_sound:
                    self._told_of_sound = True
                    _log.info("%s: has sound, which no output of a pipeline takes", self._spec.name)
                supervision.opened(now)
            case Alive():
                supervision.alive(now)
            case Note():
                _log.info("%s: %s", self._spec.name, event.text)
                supervision.note(event.text, now)
            case Ended():
                supervision.ended(now)
                if not supervision.finished:
                    self._report()
            case Failed():
                supervision.failed(event.error, now)
                self._report()
            case Exited():
                self._distrust_hardware(now)
                supervision.crashed(redact(event.how, self._spec.secrets), now, self._position)
                self._report()

    def _accept(self, parcel: Parcel) -> None:
        missed = parcel.arrived.missed
        self._missed += missed
        self._position = parcel.arrived.position + 1
        self._inbox.put(parcel, self._received + self._missed)
        self._received += 1

    def _distrust_hardware(self, now: float) -> None:
        """Drivers crash too, and this one would crash at every start."""
        if self._spec.decoder == "auto" and not self._decoder.startswith("software"):
            self._software_until = now + _WITHOUT_HARDWARE
            _log.info("%s: decodes with software from now on, in case a driver crashed", self._spec.name)

    def _tell_decoder(self, decoder: str) -> None:
        if decoder not in (self._decoder, "", "software"):
            wanted = self._spec.decoder not in ("auto", "software") and decoder.startswith("software")
            _log.log(
                logging.WARNING if wanted else logging.INFO, "%s: decodes with %s", self._spec.name, decoder
            )
        self._decoder = decoder

    def _report(self) -> None:
        error = str(self._supervision.error or "")
        if error != self._reported:
            # A camera that is away for days fails the same way every two seconds: once is enough.
            _log.warning("%s", self._supervision.message)
        self._reported = error
