"""Parts of a pipeline that measure, and a network that does nothing."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path

import av
from ages import Ages

from streamdesnow.bench.stamps import read_stamp, seconds_since
from streamdesnow.config.gate import When
from streamdesnow.engines.engine import EngineInfo
from streamdesnow.frame import CleanedFrame, Frame, Image
from streamdesnow.restore.desnower import Desnower
from streamdesnow.restore.stream import Stream
from streamdesnow.sinks.sink import Sink

__all__ = ["Meter", "Untouched", "recorded_fps"]


class Untouched:
    """A network that hands frames back as they are."""

    info = EngineInfo("none", "none", "none", "0")

    def __init__(self) -> None:
        self._handles = Desnower()

    def stream(self, camera: str, when: When | None = None, *, beside: Stream | None = None) -> Stream:
        """A handle, never used."""
        return self._handles.stream(camera)

    def batch(self, frames: Sequence[tuple[Stream, Frame]]) -> list[Image]:
        """The same images."""
        return [frame.image for _, frame in frames]

    def close(self) -> None:
        """Nothing to free."""


class Meter:
    """An output that notes how old each frame was when it was restored, and when another has written it.

    Args:
        stamped: frames carry the time of their birth; else they are born when they are captured.
    """

    def __init__(self, camera: str, sink: Sink, *, stamped: bool) -> None:
        self.name = sink.name
        self.keeps_all = sink.keeps_all
        self.open = sink.open
        self.close = sink.close
        self.captured = Ages()
        self.restored = Ages()
        self.written = Ages()
        self._sink = sink
        self._stamped = stamped

    def write(self, cleaned: CleanedFrame) -> None:
        """Hand the frame on, and note it."""
        self._sink.write(cleaned)
        written_at = time.monotonic()
        captured_at = cleaned.before.captured_at
        lag = 0.0
        if self._stamped:
            ticks = read_stamp(cleaned.before.image)
            if ticks is None:
                return
            lag = seconds_since(ticks, captured_at)
        self.captured.add(cleaned.restored_at, lag)
        self.restored.add(cleaned.restored_at, cleaned.restored_at - captured_at + lag)
        self.written.add(written_at, written_at - captured_at + lag)


def recorded_fps(folder: Path, settle: float) -> float:
    """Frames a second in a folder's recordings, over the time that they show; decoded, not believed.

    Args:
        settle: seconds at the beginning that do not count.
    """
    frames, seconds = 0, 0.0
    for path in sorted(folder.glob("*.mp4")):
        with av.open(str(path)) as container:
            times = [float(frame.time) for frame in container.decode(video=0) if frame.time is not None]
        times = [each for each in times if each >= settle]
        settle = 0.0
        if len(times) > 1:
            frames, seconds = frames + len(times) - 1, seconds + times[-1] - times[0]
    return frames / seconds if seconds else 0.0
