"""What the pipeline costs around the network: 1280x720 frames through a network that does nothing.

    python benchmarks/pipeline_overhead.py

First with frames that are in memory already, which leaves scheduling, queues, threads and counting. Then with
a clip that a capture process decodes, which adds handing frames from process to process. CPU time is that of
the pipeline's own process, so capture processes and other work of the machine do not count.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable, Sequence
from fractions import Fraction
from pathlib import Path

import av
import numpy as np

from streamdesnow.bench.machine import describe
from streamdesnow.capture.memory import MemorySource
from streamdesnow.capture.source import Source
from streamdesnow.clock import Clock
from streamdesnow.config.camera import CameraConfig
from streamdesnow.config.gate import When
from streamdesnow.config.pipeline import PipelineConfig
from streamdesnow.engines.engine import EngineInfo
from streamdesnow.frame import Frame, Image
from streamdesnow.pipeline.parts import Parts, real_parts
from streamdesnow.pipeline.supervisor import Pipeline
from streamdesnow.restore.desnower import Desnower
from streamdesnow.restore.stream import Stream
from streamdesnow.sinks.null import NullSink

SIZE = (1280, 720)

SourceMaker = Callable[[str, CameraConfig, Clock], Source]


class Idle:
    """A network that hands frames back as they are."""

    def __init__(self) -> None:
        self._handles = Desnower()

    @property
    def info(self) -> EngineInfo:
        """None."""
        return EngineInfo("none", "none", "none", "0")

    def stream(self, camera: str, when: When | None = None) -> Stream:
        """A handle, never used."""
        return self._handles.stream(camera)

    def batch(self, frames: Sequence[tuple[Stream, Frame]]) -> list[Image]:
        """The same images."""
        return [frame.image for _, frame in frames]

    def close(self) -> None:
        """Nothing to free."""


def main() -> None:
    """Time and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--frames", type=int, default=2000, help="per camera")
    frames = parser.parse_args().frames
    print(describe())
    print("| frames from | cameras | outputs | CPU time a frame | wall time a frame |\n|---|---|---|---|---|")
    for cameras, outputs in ((1, 1), (1, 3), (4, 3)):
        print(
            f"| memory | {cameras} | {outputs} | {_measure(_from_memory(frames), cameras, outputs)} |",
            flush=True,
        )
    with tempfile.TemporaryDirectory() as folder:
        clip = _write_clip(Path(folder) / "clip.mp4", frames)
        print(f"| a capture process | 1 | 1 | {_measure(real_parts().source, 1, 1, clip)} |")


def _from_memory(count: int) -> SourceMaker:
    image = np.zeros((SIZE[1], SIZE[0], 3), np.uint8)

    def make(name: str, config: CameraConfig, clock: Clock) -> Source:
        frames = (Frame(image, i, Fraction(1, 25), clock.monotonic(), name, i) for i in range(count))
        return MemorySource(frames, camera=name)

    return make


def _measure(source: SourceMaker, cameras: int, outputs: int, clip: str = "none.mp4") -> str:
    config = PipelineConfig.model_validate(
        {
            "cameras": {f"camera{i}": {"source": clip} for i in range(cameras)},
            "outputs": [{"null": {}}] * outputs,
        }
    )
    parts = Parts(source, lambda output, camera, clock: NullSink(camera), lambda model, config: Idle())
    pipeline = Pipeline(config, parts=parts)
    cpu, wall = time.process_time(), time.perf_counter()
    summary = pipeline.run()
    cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    done = sum(camera.frames_out for camera in summary.last.cameras)
    return f"{cpu / done * 1e6:.0f} µs | {wall / done * 1e6:.0f} µs"


def _write_clip(path: Path, count: int) -> str:
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=25, options={"preset": "ultrafast"})
        stream.width, stream.height = SIZE
        picture = av.VideoFrame.from_ndarray(np.zeros((SIZE[1], SIZE[0], 3), np.uint8), format="bgr24")
        for number in range(count):
            picture.pts = number
            container.mux(stream.encode(picture))
        container.mux(stream.encode(None))
    return str(path)


if __name__ == "__main__":
    main()
