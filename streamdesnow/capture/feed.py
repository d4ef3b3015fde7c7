"""The capture process's work: read a frame, wait for its time, hand it over, and again."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from streamdesnow.capture.continuity import Continuity
from streamdesnow.capture.cut_off import is_cut_off
from streamdesnow.capture.kinds import SourceKind
from streamdesnow.capture.messages import Message, Note, Opened
from streamdesnow.capture.outbox import Outbox
from streamdesnow.capture.pacing import Pacer
from streamdesnow.capture.reader import DecodedFrame, Reader
from streamdesnow.capture.spec import SourceSpec
from streamdesnow.clock import Clock
from streamdesnow.errors import SourceDamaged

__all__ = ["Feed"]

_LONGEST_SLEEP = 0.5
_NOTE_INTERVAL = 5.0


class Feed:
    """Everything between a reader and an outbox.

    Args:
        spec: the source.
        reader: of the source, not yet open.
        outbox: where frames go.
        send: tells the pipeline something.
        heartbeat: called while there is work but nothing to hand over.
        clock: paces and stamps.
        skip: frames at the beginning that the pipeline has already, from before a crash.
        stopping: True once the capture should end.
    """

    def __init__(
        self,
        spec: SourceSpec,
        reader: Reader,
        outbox: Outbox,
        send: Callable[[Message], None],
        heartbeat: Callable[[], None],
        clock: Clock,
        skip: int = 0,
        stopping: Callable[[], bool] = lambda: False,
    ) -> None:
        self._spec = spec
        self._reader = reader
        self._outbox = outbox
        self._send = send
        self._heartbeat = heartbeat
        self._clock = clock
        self._skip = skip
        self._stopping = stopping
        self._position = 0
        self._pacer = Pacer()
        self._continuity = Continuity()
        self._discontinuity = False
        self._noted = 0
        self._noted_at = float("-inf")

    def open(self) -> None:
        """Open the source.

        Raises:
            CaptureError: it cannot be opened.
        """
        self._reader.open()
        self._send(Opened(self._reader.info))

    def run_once(self) -> bool:
        """Pass on one frame; False when there is none left.

        Raises:
            CaptureError: the source cannot be read on.
        """
        frame = self._reader.read()
        captured_at = self._clock.monotonic()
        self._note_skipped(captured_at)
        if frame is None:
            return self._end()
        position, self._position = self._position, self._position + 1
        seconds = float(frame.pts * frame.time_base)
        jump = self._continuity.jumps(seconds)
        if position < self._skip:
            self._heartbeat()
            return True
        if jump:
            self._pacer.restart()
        # Resumed after a crash, the first frame follows on the last one from before.
        resumed = self._skip > 0 and position == self._skip
        self._discontinuity |= jump and not resumed
        if self._spec.paced:
            self._wait(seconds)
            captured_at = self._clock.monotonic()
        self._hand_over(frame, captured_at, position)
        return True

    def _hand_over(self, frame: DecodedFrame, captured_at: float, position: int) -> None:
        put = self._outbox.put(
            frame, captured_at=captured_at, position=position, discontinuity=self._discontinuity
        )
        # If this frame was left out, the next one carries the flag.
        self._discontinuity = self._discontinuity and not put

    def _end(self) -> bool:
        # A loop around nothing would turn for ever.
        if self._spec.loop and self._position > 0:
            return self._rewind()
        if self._spec.kind is SourceKind.FILE and _breaks_off(Path(self._spec.location)):
            raise SourceDamaged(f"{self._spec.name}: the file is cut off after {self._position} frames")
        return False

    def _rewind(self) -> bool:
        self._reader.close()
        self._reader.open()
        self._position = 0
        self._skip = 0
        self._continuity.restart()
        return True

    def _wait(self, seconds: float) -> None:
        while (delay := self._pacer.delay(seconds, self._clock.monotonic())) > 0 and not self._stopping():
            self._clock.sleep(min(delay, _LONGEST_SLEEP))
            self._heartbeat()

    def _note_skipped(self, now: float) -> None:
        skipped = self._reader.skipped
        if skipped > self._noted and now - self._noted_at >= _NOTE_INTERVAL:
            self._noted, self._noted_at = skipped, now
            self._send(Note(f"{skipped} packets could not be decoded and were left out"))


def _breaks_off(path: Path) -> bool:
    try:
        return is_cut_off(path)
    except OSError:
        # Deleted meanwhile, say: it was read to its end all the same.
        return False
