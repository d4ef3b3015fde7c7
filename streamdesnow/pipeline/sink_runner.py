"""Runs one sink in a thread of its own, behind a bounded queue, through every failure."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

from streamdesnow.clock import Clock
from streamdesnow.config.camera import RetryConfig
from streamdesnow.errors import SinkError
from streamdesnow.frame import CleanedFrame
from streamdesnow.pipeline.frame_queue import FrameQueue
from streamdesnow.pipeline.health import Health
from streamdesnow.pipeline.meters import LatencyMeter
from streamdesnow.sinks.sink import Sink
from streamdesnow.status.snapshot import SinkSnapshot

__all__ = ["SinkRunner"]

_log = logging.getLogger(__name__)

_RETRY = RetryConfig(initial=0.5, maximum=5.0)


def _no_one() -> None:
    """Nobody waits for room."""


class SinkRunner:
    """One sink, its queue and its thread.

    `offer` never blocks and never fails: a full queue drops its oldest frame, counted. Who must not lose a
    frame asks `has_room` first. A sink that fails is closed, waited for and opened again.

    Args:
        sink: not yet opened.
        capacity: frames that may wait.
        clock: measures backoff and latency.
        on_room: called whenever a frame has left the queue.
        retry: waits between tries.
    """

    def __init__(
        self,
        sink: Sink,
        capacity: int,
        clock: Clock,
        on_room: Callable[[], None] = _no_one,
        retry: RetryConfig = _RETRY,
    ) -> None:
        self.health = Health(sink.name, retry, clock)
        self._sink = sink
        self._queue = FrameQueue(capacity)
        self._clock = clock
        self._on_room = on_room
        self._thread = threading.Thread(target=self._run, name=sink.name, daemon=True)
        self._finishing = threading.Event()
        self._drain_until: float | None = None
        self._open = False
        self._latency = LatencyMeter()
        self._offered = self._displaced = self._written = self._lost = self._restarts = 0

    @property
    def name(self) -> str:
        """The sink's name."""
        return self._sink.name

    @property
    def keeps_all(self) -> bool:
        """True if a file waits for this sink."""
        return self._sink.keeps_all

    @property
    def has_room(self) -> bool:
        """False while a file should wait. A sink that is failing makes nobody wait."""
        return not self._queue.full or self._queue.closed or self.health.retrying

    @property
    def written(self) -> int:
        """Frames written."""
        return self._written

    def start(self) -> None:
        """Start the thread, which opens the sink."""
        self._thread.start()

    def offer(self, cleaned: CleanedFrame) -> None:
        """Hand over a frame. Called from one thread only."""
        self._offered += 1
        self._displaced += self._queue.put(cleaned)

    def finish(self, drain_until: float | None = None) -> None:
        """Take no more frames, write those that wait, close the sink. Returns at once; see `join`.

        Args:
            drain_until: monotonic seconds after which waiting frames are given up; None: write them all.
        """
        self._drain_until = drain_until
        self._queue.close()
        self._finishing.set()

    def join(self, timeout: float) -> bool:
        """Wait for the thread to end; False if it has not."""
        if self._thread.is_alive():
            self._thread.join(max(timeout, 0.0))
        return not self._thread.is_alive()

    def snapshot(self) -> SinkSnapshot:
        """How it is doing; callable from any thread."""
        return SinkSnapshot(
            name=self.name,
            state=self.health.state,
            keeps_all=self.keeps_all,
            message=self.health.message,
            queued=len(self._queue),
            capacity=self._queue.capacity,
            offered=self._offered,
            written=self._written,
            dropped=self._displaced + self._lost,
            restarts=self._restarts,
            latency=self._latency.read(),
            failing_for=self.health.failing_for,
            error=self.health.error,
        )

    def run_once(self, timeout: float) -> bool:
        """Open the sink if that is due, else write one frame, waiting at most `timeout` for either.

        Returns:
            False when there is nothing left to do but to close.
        """
        if self._queue.closed and not self._may_drain():
            return False
        if self._open:
            cleaned = self._queue.take(timeout)
            if cleaned is not None:
                self._on_room()
                self._write(cleaned)
        elif self.health.wait > 0:
            self._finishing.wait(min(self.health.wait, timeout))
        else:
            self._try_open()
        return True

    def shut(self) -> None:
        """Close the sink and settle the accounts; the thread's last act."""
        self._lost += self._queue.clear()
        self.health.closed(self._attempt(self._sink.close) if self._open else None)
        self._open = False
        self._on_room()

    def _run(self) -> None:
        while self.run_once(timeout=0.5):
            pass
        self.shut()

    def _may_drain(self) -> bool:
        in_time = self._drain_until is None or self._clock.monotonic() < self._drain_until
        return len(self._queue) > 0 and in_time and not self.health.retrying

    def _try_open(self) -> None:
        again = self.health.retrying
        self._restarts += again
        error = self._attempt(self._sink.open)
        if error is not None:
            self._failed(error)
            return
        self._open = True
        self.health.opened()
        if again and not self.keeps_all:
            # Whoever watches wants to see now, not what waited while the stream was away.
            self._lost += self._queue.clear()

    def _write(self, cleaned: CleanedFrame) -> None:
        error = self._attempt(lambda: self._sink.write(cleaned))
        if error is not None:
            self._lost += 1
            self._failed(error)
            return
        self._written += 1
        self._latency.add(self._clock.monotonic() - cleaned.before.captured_at)
        self.health.worked()

    def _failed(self, error: SinkError) -> None:
        self.health.failed(error)
        # Also after a failed `open`, which may have got half way.
        self._attempt(self._sink.close)
        self._open = False
        self._on_room()

    def _attempt(self, action: Callable[[], None]) -> SinkError | None:
        try:
            with self.health.busy():
                action()
        except SinkError as error:
            return error
        except Exception as error:
            # Whatever a library throws, this thread lives on: one output must not end for good by a surprise.
            _log.debug("%s failed unexpectedly", self.name, exc_info=True)
            return SinkError(f"{self.name}: {type(error).__name__}: {error}")
        return None
