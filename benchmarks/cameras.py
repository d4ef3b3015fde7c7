"""Many cameras at once: frames a second, drops, and whether latency grows.

    python benchmarks/cameras.py --cameras 8 --size 640x360 --fps 15 --seconds 600
    python benchmarks/cameras.py --network none          # what the pipeline itself costs

Live cameras in memory show the simulated street, each a moment later than the one before. Latency is from
capture to restored; it grows if the last third of the run is slower than the first.
"""

from __future__ import annotations

import argparse
import threading
import time
from collections.abc import Sequence
from fractions import Fraction

import numpy as np

from streamdesnow.bench.machine import describe
from streamdesnow.capture.memory import MemorySource
from streamdesnow.clock import Clock
from streamdesnow.config.camera import CameraConfig, SimulatedConfig
from streamdesnow.config.gate import When
from streamdesnow.config.output import OutputConfig
from streamdesnow.config.pipeline import PipelineConfig
from streamdesnow.engines.engine import EngineInfo
from streamdesnow.frame import CleanedFrame, Frame, Image
from streamdesnow.pipeline.parts import Parts, Restorer, real_parts
from streamdesnow.pipeline.supervisor import Pipeline
from streamdesnow.restore.desnower import Desnower
from streamdesnow.restore.stream import Stream
from streamdesnow.snowfall.film import SimulatedFilm

_FILM = 50


class Untouched:
    """A network that does nothing."""

    info = EngineInfo("none", "none", "none", "0")

    def __init__(self) -> None:
        self._handles = Desnower()

    def stream(self, camera: str, when: When | None = None) -> Stream:
        """A handle, never used."""
        return self._handles.stream(camera)

    def batch(self, frames: Sequence[tuple[Stream, Frame]]) -> list[Image]:
        """The same images."""
        return [frame.image for _, frame in frames]

    def close(self) -> None:
        """Nothing to free."""


class Meter:
    """An output that notes how old each frame was when it was restored."""

    keeps_all = False

    def __init__(self, name: str) -> None:
        self.name = name
        self.ages: list[float] = []

    def open(self) -> None:
        """Nothing to open."""

    def write(self, cleaned: CleanedFrame) -> None:
        """Note the frame."""
        self.ages.append(cleaned.restored_at - cleaned.before.captured_at)

    def close(self) -> None:
        """Nothing to close."""


def main() -> None:
    """Run and print."""
    args = _arguments()
    width, height = (int(side) for side in args.size.split("x"))
    images = _film(width, height, args.snow)
    names = [f"camera{number}" for number in range(args.cameras)]
    sources = {name: MemorySource(live=True, camera=name) for name in names}
    meters = {name: Meter(name) for name in names}
    config = PipelineConfig.model_validate(
        {
            "model": args.model,
            "restore": {"when": args.when, "batch": args.batch, "wait": args.wait},
            "overload": {"policy": args.policy},
            "cameras": {name: {"source": f"{name}.mp4"} for name in names},
            "outputs": [{"null": {}}],
        }
    )

    def source(name: str, config: CameraConfig, clock: Clock) -> MemorySource:
        return sources[name]

    def sink(output: OutputConfig, camera: str, clock: Clock) -> Meter:
        return meters[camera]

    def restorer(model: str, config: PipelineConfig) -> Restorer:
        return Untouched() if args.network == "none" else real_parts().restorer(model, config)

    stopping = threading.Event()
    with Pipeline(config, parts=Parts(source, sink, restorer)) as pipeline:
        feeder = threading.Thread(target=_feed, args=(sources, images, args.fps, stopping), daemon=True)
        feeder.start()
        cpu = time.process_time()
        summary = pipeline.run(duration=args.seconds)
        cpu = time.process_time() - cpu
        stopping.set()
        feeder.join()
    print(f"{describe()}\n{', '.join(f'{name} on {engine}' for name, engine in summary.last.models)}")
    print(f"{args.cameras} cameras, {args.size}, {args.fps:g} fps, {args.seconds:g} s, {args.snow} snow\n")
    print("| camera | fps in | fps out | dropped | left out | uncleaned | first third p50/p95 | last third |")
    print("|---|---|---|---|---|---|---|---|")
    for camera in summary.last.cameras:
        ages = meters[camera.name].ages
        third = max(1, len(ages) // 3)
        rates = f"{camera.frames_in / args.seconds:.1f} | {camera.fps_average:.1f}"
        lost = f"{camera.dropped} | {camera.skipped} | {camera.passed}"
        print(f"| {camera.name} | {rates} | {lost} | {_text(ages[:third])} | {_text(ages[-third:])} |")
    done = sum(camera.frames_out for camera in summary.last.cameras)
    print(f"\nCPU time of the process, feeding included: {1000 * cpu / max(1, done):.2f} ms a frame")


def _feed(
    sources: dict[str, MemorySource], images: Sequence[Image], fps: float, stopping: threading.Event
) -> None:
    began, interval = time.monotonic(), 1 / fps
    offsets = {name: number * interval / len(sources) for number, name in enumerate(sources)}
    index = 0
    while not stopping.is_set():
        for name, source in sources.items():
            delay = began + index * interval + offsets[name] - time.monotonic()
            if delay > 0 and stopping.wait(delay):
                return
            pts = Fraction(1, 1000)
            image = images[_there_and_back(index, len(images))]
            source.add(
                Frame(image, round(1000 * index * interval), pts, time.monotonic(), name, index, index == 0)
            )
        index += 1


def _there_and_back(index: int, count: int) -> int:
    place = index % (2 * count - 2)
    return place if place < count else 2 * count - 2 - place


def _film(width: int, height: int, snow: str) -> list[Image]:
    config = SimulatedConfig.model_validate({"size": (width, height), "snow": snow, "duration": 0})
    film = SimulatedFilm(config)
    return [film.snowy(number) for number in range(_FILM)]


def _text(ages: Sequence[float]) -> str:
    if not ages:
        return "-"
    median, high = np.quantile(ages, (0.5, 0.95))
    return f"{1000 * median:.1f}/{1000 * high:.1f} ms"


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--cameras", type=int, default=8)
    parser.add_argument("--size", default="640x360")
    parser.add_argument("--fps", type=float, default=15.0)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--snow", choices=["none", "light", "medium", "heavy"], default="heavy")
    parser.add_argument("--model", default="fixed-camera")
    parser.add_argument("--network", choices=["real", "none"], default="real")
    parser.add_argument("--when", choices=["always", "snowing", "never"], default="always")
    parser.add_argument("--policy", choices=["drop", "lower-rate", "smaller-model", "pass"], default="drop")
    parser.add_argument("--batch", type=int, default=8)
    parser.add_argument("--wait", default="0ms")
    return parser.parse_args()


if __name__ == "__main__":
    main()
