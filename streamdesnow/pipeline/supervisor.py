"""The pipeline as a whole: opens everything, watches over it, closes everything."""

from __future__ import annotations

import logging
from collections.abc import Callable
from types import TracebackType
from typing import Self

from streamdesnow.clock import Clock, SystemClock
from streamdesnow.config.pipeline import PipelineConfig
from streamdesnow.pipeline.assembly import load_networks, make_lanes
from streamdesnow.pipeline.closing import Closing
from streamdesnow.pipeline.detection_worker import DetectionWorker
from streamdesnow.pipeline.lane import Lane
from streamdesnow.pipeline.narrator import Narrator
from streamdesnow.pipeline.notice import Notices, Observer
from streamdesnow.pipeline.parts import Parts, Restorer, Web, real_parts
from streamdesnow.pipeline.scheduler import Scheduler
from streamdesnow.pipeline.shutdown import Patience, Shutdown
from streamdesnow.pipeline.verdict import Summary, hopeless, judge
from streamdesnow.pipeline.worker import Worker
from streamdesnow.status.snapshot import PipelineSnapshot

__all__ = ["Pipeline", "Watch"]

_log = logging.getLogger(__name__)

Watch = Callable[[PipelineSnapshot], None]
"""Called a few times a second with how things are."""

_TICK = 0.1
_LOOK = 0.5
_PAGE_S = 2.0


class Pipeline:
    """Cameras in, a network, outputs; as a pipeline file describes it.

        with Pipeline(load_pipeline("pipelines/file.yaml")) as pipeline:
            summary = pipeline.run()

    Capture runs in processes, the network in one thread, every output in a thread of its own. The thread
    that calls `run` only watches, so that it hears signals whatever the others do. A pipeline runs once.

    Args:
        config: the pipeline file.
        clock: measures latency, backoff and duration.
        parts: how sources, sinks and networks are made; default: the real ones.
        score: measure PSNR of simulated cameras against their truth.
        patience: how long closing waits for what hangs.
        observer: told when snow starts and stops, and when a camera gives way to overload; must be quick.
    """

    def __init__(
        self,
        config: PipelineConfig,
        clock: Clock | None = None,
        *,
        parts: Parts | None = None,
        score: bool = False,
        patience: Patience | None = None,
        observer: Observer | None = None,
    ) -> None:
        self._config = config
        self._clock = clock or SystemClock()
        self._parts = parts or real_parts()
        self._score = score
        self._patience = patience or Patience()
        self._notices = Notices(observer, self._clock)
        self._restorers: dict[str, Restorer] = {}
        self._models: tuple[tuple[str, str], ...] = ()
        self._detection: DetectionWorker | None = None
        self._web: Web | None = None
        self._lanes: tuple[Lane, ...] = ()
        self._scheduler = Scheduler((), {}, 1)
        self._worker: Worker[None] = Worker("restore", self._scheduler.run)
        self._narrator = Narrator()
        self._began: float | None = None
        self._ended: float | None = None
        self._looked_at = float("-inf")
        self._opened = self._closed = self._stopping = self._abandoned = False
        self._watched = True

    def open(self) -> None:
        """Load the networks, then start outputs and cameras. Returns early after `stop`.

        Cameras and outputs that fail do not raise: they show in `snapshot`, and are tried again.

        Raises:
            ModelError: no such model, or it is damaged.
            EngineError: nothing here can run it.
            DetectorUnavailable: the detector's package or weights are missing; says what to do.
        """
        if self._opened:
            return
        self._opened = True
        # Before the networks, which take their time: who looks sees that they are on their way.
        self._web = self._parts.web(self._config, self.snapshot)
        loading = Worker("load", lambda: load_networks(self._config, self._parts, self._clock))
        loading.start()
        try:
            while not loading.join(_TICK):
                if self._stopping:
                    self._abandoned = True
                    return
            self._restorers, detection = loading.result()
        except BaseException:
            self.close()
            raise
        try:
            self._lanes, self._scheduler = make_lanes(
                self._config,
                self._parts,
                self._restorers,
                self._clock,
                score=self._score,
                detection=detection,
                notices=self._notices,
                web=self._web,
            )
        except BaseException:
            if detection is not None:
                detection.detector.close()
            self.close()
            raise
        # Asked once: a network that was closed would be opened again by the question.
        self._models = tuple((name, str(restorer.info)) for name, restorer in self._restorers.items())
        self._worker = Worker("restore", self._scheduler.run)
        if detection is not None:
            self._detection = detection.worker()
            self._detection.start([lane.detection for lane in self._lanes if lane.detection is not None])
        for lane in self._lanes:
            lane.start()

    def run(
        self, duration: float | None = None, frames: int | None = None, watch: Watch | None = None
    ) -> Summary:
        """Run until every camera has ended, and close. Opens first if that was not done.

        Args:
            duration: end after this many seconds.
            frames: end each camera after this many cleaned frames.
            watch: told how things are, about twice a second and once more at the end.

        Raises:
            ModelError, EngineError, DetectorUnavailable: as `open`.
            RuntimeError: it has run, or is closed.
        """
        if self._began is not None or self._closed:
            raise RuntimeError("a pipeline runs once; make a new Pipeline for another run")
        self.open()
        for lane in self._lanes:
            lane.limit = frames
        self._began = self._clock.monotonic()
        self._worker.start()
        try:
            while not self._worker.join(_TICK):
                if self._stopping or (duration is not None and self._seconds() >= duration):
                    break
                self._look(watch)
        except BaseException:
            # Ctrl-C in a program that has no signal handlers of its own, for example.
            self._stopping = True
            raise
        finally:
            self.close(watch)
        if not self._worker.running:
            self._worker.result()
        return self.summary()

    def stop(self) -> None:
        """Ask `run` to finish every file and return, within 5 s. Safe in a signal handler."""
        self._stopping = True

    def close(self, watch: Watch | None = None) -> None:
        """Stop cameras, write what waits, finish every file. May be called twice."""
        if self._closed:
            return
        self._closed = True
        self._scheduler.halt()
        page = None if self._web is None else Closing("page", self._web.close)
        if page is not None:
            page.start()
        shutdown = Shutdown(
            self._lanes,
            [Closing(f"network {name}", restorer.close) for name, restorer in self._restorers.items()],
            self._worker.thread,
            self._clock,
            lambda: self._stopping,
            self._patience,
            self._detection,
        )
        self._abandoned |= not shutdown.run(lambda: self._look(watch))
        if page is not None:
            page.join(_PAGE_S)
        self._ended = self._clock.monotonic()
        self._looked_at = float("-inf")
        self._look(watch)

    def snapshot(self) -> PipelineSnapshot:
        """How things are now; callable from any thread."""
        return PipelineSnapshot(
            seconds=self._seconds(),
            models=self._models,
            cameras=tuple(lane.snapshot() for lane in self._lanes),
            detector=None if self._detection is None else self._detection.detector.snapshot(),
        )

    def summary(self) -> Summary:
        """How it went; to be asked after `close`."""
        last = self.snapshot()
        problems, exit_code = judge(last)
        return Summary(last, problems, exit_code, stopped=self._stopping, abandoned=self._abandoned)

    def __enter__(self) -> Self:
        self.open()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _seconds(self) -> float:
        if self._began is None:
            return 0.0
        return (self._clock.monotonic() if self._ended is None else self._ended) - self._began

    def _look(self, watch: Watch | None) -> None:
        now = self._clock.monotonic()
        if now - self._looked_at < _LOOK:
            return
        self._looked_at = now
        snapshot = self.snapshot()
        self._narrator.tell(snapshot)
        self._give_up_hopeless(snapshot)
        if watch is not None and self._watched:
            try:
                watch(snapshot)
            except Exception:
                # A terminal that was closed, say: cameras are recorded all the same.
                self._watched = False
                _log.warning("whoever watches fails and is told nothing more", exc_info=True)

    def _give_up_hopeless(self, snapshot: PipelineSnapshot) -> None:
        reasons = {camera.name: hopeless(camera) for camera in snapshot.cameras}
        going = [lane for lane in self._lanes if not lane.done]
        nothing_works = all(reasons[lane.name] is not None for lane in going)
        for lane in going:
            reason = reasons[lane.name]
            # A live camera is worth waiting for as long as another one is being served.
            if reason is not None and (nothing_works or not lane.source.live):
                lane.give_up(reason)
