"""In-memory cameras, networks and outputs whose every move a test decides."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Sequence
from fractions import Fraction

import numpy as np

from streamdesnow.capture.source import CaptureState, CaptureStatus
from streamdesnow.clock import Clock
from streamdesnow.config.camera import CameraConfig
from streamdesnow.config.gate import When
from streamdesnow.config.output import OutputConfig
from streamdesnow.config.pipeline import PipelineConfig
from streamdesnow.engines.engine import EngineInfo
from streamdesnow.errors import CaptureError
from streamdesnow.frame import CleanedFrame, Frame, Image
from streamdesnow.pipeline.parts import Parts
from streamdesnow.restore.gate import Snowfall


def frame(index: int = 0, camera: str = "gate", size: tuple[int, int] = (8, 4), at: float = 0.0) -> Frame:
    """A small frame whose pixels all hold `index`."""
    width, height = size
    image = np.full((height, width, 3), index % 256, np.uint8)
    return Frame(image, pts=index, time_base=Fraction(1, 25), captured_at=at, camera=camera, index=index)


def cleaned(index: int = 0, camera: str = "gate") -> CleanedFrame:
    """The same, cleaned."""
    before = frame(index, camera)
    return CleanedFrame(before=before, image=before.image, restored_at=0.0)


def wait_for(condition: Callable[[], bool], seconds: float = 20.0) -> None:
    """Until another thread has made it true."""
    pause = threading.Event()
    for _ in range(int(seconds / 0.005)):
        if condition():
            return
        pause.wait(0.005)
    raise AssertionError("did not come true in time")


class TwinSource:
    """A camera that gives what the test feeds it."""

    def __init__(self, camera: str = "gate", *, live: bool = False, frames: Sequence[Frame] = ()) -> None:
        self.camera = camera
        self.live = live
        self.state = CaptureState.RUNNING
        self.error: CaptureError | None = None
        self.closed = False
        self.read_count = 0
        self.dropped = 0
        self._frames = deque(frames)
        self._ends = False
        self._changed: Callable[[], None] = lambda: None

    @property
    def status(self) -> CaptureStatus:
        state = CaptureState.ENDED if self._ends and not self._frames else self.state
        return CaptureStatus(
            state,
            str(self.error or ""),
            frames=self.read_count + self.dropped,
            dropped=self.dropped,
            error=self.error,
        )

    def watch(self, changed: Callable[[], None]) -> None:
        self._changed = changed

    def feed(self, *frames: Frame) -> None:
        if self.live:
            self.dropped += len(self._frames)
            self._frames.clear()
        self._frames.extend(frames)
        self._changed()

    def end(self) -> TwinSource:
        self._ends = True
        self._changed()
        return self

    def fail(self, error: CaptureError) -> TwinSource:
        self.error = error
        self.state = CaptureState.FAILED
        return self

    def open(self) -> None: ...

    def read(self, timeout: float) -> Frame | None:
        if not self._frames:
            return None
        self.read_count += 1
        return self._frames.popleft()

    def close(self) -> None:
        self.closed = True


class TwinSink:
    """An output that remembers; made to fail or to hang by the test."""

    def __init__(self, name: str = "record[gate]", *, keeps_all: bool = True) -> None:
        self.name = name
        self.keeps_all = keeps_all
        self.indices: list[int] = []
        self.opened = 0
        self.closed = 0
        self.open_error: Exception | None = None
        self.write_error: Exception | None = None
        self.close_error: Exception | None = None
        self.gate = threading.Event()
        self.gate.set()

    def open(self) -> None:
        self.opened += 1
        if self.open_error is not None:
            raise self.open_error

    def write(self, cleaned: CleanedFrame) -> None:
        self.gate.wait()
        if self.write_error is not None:
            raise self.write_error
        self.indices.append(cleaned.before.index)

    def close(self) -> None:
        self.closed += 1
        if self.close_error is not None:
            raise self.close_error


class TwinMemory:
    """Counts how often it was told to forget."""

    def __init__(self) -> None:
        self.resets = 0
        self.snowfall: Snowfall | None = None

    def reset(self) -> None:
        self.resets += 1


class TwinRestorer:
    """A network that inverts, notes what it was given, and fails or hangs when told to."""

    def __init__(self) -> None:
        self.info = EngineInfo("twin", "memory", "fp32", "1")
        self.calls: list[list[tuple[str, int]]] = []
        self.fails: Callable[[Sequence[Frame]], Exception | None] = lambda frames: None
        self.gate = threading.Event()
        self.gate.set()
        self.closed = False

    def stream(
        self, camera: str, when: When | None = None, *, beside: TwinMemory | None = None
    ) -> TwinMemory:
        return TwinMemory()

    def batch(self, items: Sequence[tuple[TwinMemory, Frame]]) -> list[Image]:
        self.gate.wait()
        frames = [frame for _, frame in items]
        self.calls.append([(frame.camera, frame.index) for frame in frames])
        error = self.fails(frames)
        if error is not None:
            raise error
        return [255 - frame.image for frame in frames]

    def close(self) -> None:
        self.closed = True


class TwinWeb:
    """A page that nobody serves; notes what it was shown."""

    def __init__(self) -> None:
        self.shown: dict[str, list[CleanedFrame]] = {}
        self.closed = 0

    def onlooker(self, camera: str) -> Callable[[CleanedFrame], None]:
        return self.shown.setdefault(camera, []).append

    def close(self) -> None:
        self.closed += 1


class TwinParts:
    """Twins by name, put where a pipeline takes its parts from."""

    def __init__(self, *sources: TwinSource, sinks: Sequence[TwinSink] = ()) -> None:
        self.sources = {source.camera: source for source in sources}
        self.sinks = {sink.name: sink for sink in sinks}
        self.restorers: dict[str, TwinRestorer] = {}
        self.web: TwinWeb | None = None

    def config(self, **more: object) -> PipelineConfig:
        """A pipeline file with these cameras and a recorder each."""
        cameras = {name: {"source": f"{name}.mp4"} for name in self.sources}
        return PipelineConfig.model_validate({"cameras": cameras, "outputs": [{"record": {}}], **more})

    @property
    def parts(self) -> Parts:
        return Parts(source=self._source, sink=self._sink, restorer=self._restorer, web=lambda *_: self.web)

    def sink(self, name: str) -> TwinSink:
        return self.sinks[name]

    def _source(self, name: str, config: CameraConfig, clock: Clock) -> TwinSource:
        return self.sources[name]

    def _sink(self, output: OutputConfig, camera: str, clock: Clock) -> TwinSink:
        name = f"{output.kind}[{camera}]"
        return self.sinks.setdefault(name, TwinSink(name, keeps_all=output.kind != "push"))

    def _restorer(self, model: str, config: PipelineConfig) -> TwinRestorer:
        return self.restorers.setdefault(model, TwinRestorer())
