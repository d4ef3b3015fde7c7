"""One camera's way through the pipeline: its source, its memory, its sinks, and what was counted."""

from __future__ import annotations

import logging
import threading

from streamdesnow.capture.source import CaptureState, Source
from streamdesnow.clock import Clock
from streamdesnow.errors import StreamDesnowError
from streamdesnow.frame import CleanedFrame, Frame, Image
from streamdesnow.pipeline.closing import Closing
from streamdesnow.pipeline.detection_worker import CameraDetection
from streamdesnow.pipeline.engine_trouble import EngineTrouble
from streamdesnow.pipeline.intake import Intake
from streamdesnow.pipeline.mark import marked
from streamdesnow.pipeline.meters import LatencyMeter, RateMeter
from streamdesnow.pipeline.outlets import Outlet, Outlets
from streamdesnow.pipeline.rank import Rank
from streamdesnow.pipeline.repeats import Repeats
from streamdesnow.pipeline.snow_watch import SnowWatch
from streamdesnow.restore.stream import Stream
from streamdesnow.status.snapshot import FINAL, CameraSnapshot

__all__ = ["Lane"]

_log = logging.getLogger(__name__)


class Lane:
    """One camera. Frames are taken, cleaned and delivered by the restore thread; `snapshot` is for any.

    Args:
        source: not yet opened.
        model: key of the network that cleans its frames.
        stream: what that network remembers of it.
        outlets: its outputs.
        clock: stamps frames when they are cleaned.
        detection: looks at frames on their way to the outputs; None: they go there at once.
        rank: its place among the cameras, and what gives way under overload.
        snow: told what is known of the weather.

    Attributes:
        outlets: as given.
        detection: what looks at them before; None where nothing is looked for.
        size: (width, height) of the newest frame, None before the first.
        served_in: round of the scheduler in which a frame of it was cleaned last.
        served_at: monotonic seconds of that.
        done: no more frames are taken.
        error: why it was ended before its source ended.
        limit: end after this many cleaned frames; None: with the source.
    """

    def __init__(
        self,
        source: Source,
        model: str,
        stream: Stream,
        outlets: Outlets,
        clock: Clock,
        detection: CameraDetection | None = None,
        rank: Rank | None = None,
        snow: SnowWatch | None = None,
    ) -> None:
        self.source = source
        self.rank = rank or Rank()
        self._usual = (model, stream)
        self._snow = snow
        self._relieving = threading.Lock()
        self._intake = Intake(source, self.rank.relief)
        self._passed = 0
        self.model = model
        self.stream = stream
        self.outlets = outlets
        self.closing = Closing(source.camera, source.close)
        self.size: tuple[int, int] | None = None
        self.served_in = 0
        self.served_at = float("-inf")
        self.done = False
        self.error: StreamDesnowError | None = None
        self.limit: int | None = None
        self.detection = detection
        self._outlet: Outlet = outlets if detection is None else detection
        self._clock = clock
        self._given_up: StreamDesnowError | None = None
        self._held: Frame | None = None
        self._trouble = EngineTrouble(clock)
        self._repeats = Repeats()
        self._cleaned = 0
        self._first_at: float | None = None
        self._last_at = 0.0
        self._latency = LatencyMeter()
        self._rate_in = RateMeter()
        self._rate_out = RateMeter()

    @property
    def name(self) -> str:
        """The camera's name."""
        return self.source.camera

    @property
    def ready(self) -> bool:
        """Whether a frame of this camera could be taken on now: nobody whom it must wait for is full."""
        if self.done or (self._trouble.waiting and self._given_up is None):
            return False
        return self.source.live or self._outlet.has_room

    @property
    def stuck(self) -> bool:
        """Whether the network has failed on it again and again."""
        return self._trouble.hopeless

    @property
    def served(self) -> bool:
        """Whether frames come, and the network does not fail on them again and again."""
        coming = not self.done and self.source.status.state is CaptureState.RUNNING
        return coming and not self.stuck

    def start(self) -> None:
        """Start sinks, then the source."""
        self.outlets.start()
        self.source.open()

    def take(self, timeout: float = 0.0) -> Frame | None:
        """The next frame to clean, None if there is none in `timeout` seconds; notices the source's end."""
        if self._given_up is not None:
            self.fail(self._given_up)
            return None
        frame, self._held = self._held, None
        if frame is None:
            # In this order: a source that had ended before the read found nothing has nothing left.
            final = self.source.status.state in FINAL
            frame = self._intake.read(timeout)
            if frame is None and final:
                self.end()
        if frame is not None:
            self.size = frame.size
        return frame

    def repeated(self, frame: Frame) -> bool:
        """Hand a frame on if it is the last one again, with what came of that."""
        cleaned = self._repeats.answer(frame)
        if cleaned is not None:
            self.deliver(frame, cleaned)
        return cleaned is not None

    def hold(self, frame: Frame) -> None:
        """Give a taken frame back; it is the next to be taken."""
        self._held = frame

    def deliver(self, frame: Frame, image: Image, *, was_cleaned: bool = True) -> None:
        """Hand a cleaned frame on, to the detector or to every sink."""
        now = self._clock.monotonic()
        cleaned = CleanedFrame(before=frame, image=image, restored_at=now, cleaned=was_cleaned)
        if self._snow is not None and was_cleaned:
            self._snow.see(self.stream.snowfall)
        if was_cleaned:
            self._repeats.keep(frame, image)
        else:
            self._repeats.forget()
        self._cleaned += 1
        self._first_at = now if self._first_at is None else self._first_at
        self._last_at = now
        self._trouble.worked()
        self._latency.add(now - frame.captured_at)
        self._outlet.offer(cleaned)
        if self.limit is not None and self._cleaned >= self.limit:
            self.end()

    def pass_on(self) -> bool:
        """Hand the next frame on uncleaned, if overload has come to that; callable from any thread."""
        with self._relieving:
            frame = self.take() if self.rank.relief.passes and self.ready else None
            if frame is None:
                return False
            self._passed += 1
            self.deliver(frame, marked(frame.image), was_cleaned=False)
            return True

    def relieve(self, steps: int) -> None:
        """Let the overload policy go a step further (1) or back (-1); between two calls of the network."""
        with self._relieving:
            relief, passed = self.rank.relief, self.rank.relief.passes
            relief.move(steps)
            if self.rank.smaller is not None:
                self.model, self.stream = self.rank.smaller if relief.smaller else self._usual
            if self.rank.smaller is not None or (passed and not relief.passes):
                # What it knows of the scene is as old as the last change, and nobody told it of a cut since.
                self.stream.reset()

    @property
    def keeping_up(self) -> tuple[int, int] | None:
        """Frames that have come, and that were served; None where losing frames says nothing of the load."""
        status = self.source.status
        tells = self.source.live and not self.done and not self._trouble.failing
        return (status.frames, self._cleaned) if tells and status.state is CaptureState.RUNNING else None

    def engine_failed(self, frame: Frame, error: StreamDesnowError) -> None:
        """The network failed on a frame: forget what it remembers and try again, ever more seldom.

        A file's frame is tried again, and in the end the file is given up; of a live camera the next one is,
        which is newer, for as long as it takes.
        """
        self._trouble.failed(error)
        self.stream.reset()
        if self.stuck and not self.source.live:
            self.fail(error)
            return
        _log.warning("%s: the network failed on frame %d, trying again: %s", self.name, frame.index, error)
        if not self.source.live:
            self.hold(frame)

    def give_up(self, error: StreamDesnowError) -> None:
        """Ask for the end from another thread: it comes when the next frame is asked for."""
        self._given_up = error

    def fail(self, error: StreamDesnowError) -> None:
        """End with an error that is not the source's own."""
        if not self.done:
            self.error = error
            _log.error("%s: given up: %s", self.name, error)
            self.end()

    def end(self) -> None:
        """Take no more frames; let the sinks write what waits and close their files now, others go on."""
        self.done = True
        self._held = None
        self.closing.start()
        self._outlet.finish()

    def snapshot(self) -> CameraSnapshot:
        """How it is doing; callable from any thread."""
        status = self.source.status
        tap = self.outlets.tap
        failure = self.error or (self._trouble.error if self.stuck else None)
        now = self._clock.monotonic()
        snowfall = self.stream.snowfall
        return CameraSnapshot(
            name=self.name,
            state=self._state(status.state),
            message=str(failure) if failure is not None else status.message,
            live=self.source.live,
            size=self.size,
            frames_in=status.frames,
            frames_out=self._cleaned,
            fps_in=self._rate_in.rate(status.frames, now),
            fps_out=self._rate_out.rate(self._cleaned, now),
            active=0.0 if self._first_at is None else self._last_at - self._first_at,
            dropped=status.dropped,
            engine_failures=self._trouble.failures,
            restarts=status.restarts,
            restored=self._latency.read(),
            sinks=tuple(sink.snapshot() for sink in self.outlets.sinks),
            score=None if tap is None else tap.score,
            snowfall=None if snowfall is None else snowfall.percent,
            snowing=None if snowfall is None else snowfall.falling,
            relief=self.rank.relief.text,
            relief_switches=self.rank.relief.switches,
            passed=self._passed,
            skipped=self.rank.relief.skipped,
            detection=None if self.detection is None else self.detection.watcher.snapshot(),
            error=failure or status.error,
        )

    def _state(self, source: CaptureState) -> CaptureState:
        if self.error is not None:
            return CaptureState.FAILED
        if self.done:
            # A source that was closed because enough frames were cleaned says STOPPED or still RUNNING.
            return source if source is CaptureState.FAILED else CaptureState.ENDED
        if self.stuck:
            return CaptureState.RETRYING
        # Its last frames may still be in the network when the source has ended.
        return CaptureState.RUNNING if source is CaptureState.ENDED else source
