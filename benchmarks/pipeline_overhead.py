"""What the pipeline costs around network, decoding and encoding: CPU time a frame, at 1280x720.

    python benchmarks/pipeline_overhead.py

First with frames that are in memory already and a network that does nothing, which leaves scheduling, queues,
threads and counting. Then with all of restoration but the network: padding, scene cuts, memories. Then with
a clip that a capture process decodes, which adds handing frames from process to process; what decoding alone
takes, from H.264 to BGR, is measured apart, in the same way, and taken off. Costs are differences between
a long and a short run, so that starting processes and loading libraries does not count. Other work of the
machine is no CPU time of these processes, but it makes their caches colder.
"""

from __future__ import annotations

import argparse
import json
import resource
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from fractions import Fraction
from functools import partial
from pathlib import Path

from as_script import as_script
from meter import Untouched
from turning import there_and_back

from streamdesnow.bench.machine import this_machine
from streamdesnow.capture.av_reader import AvReader
from streamdesnow.capture.memory import MemorySource
from streamdesnow.capture.source import Source
from streamdesnow.clock import Clock
from streamdesnow.config.camera import CameraConfig, SimulatedConfig
from streamdesnow.config.pipeline import PipelineConfig
from streamdesnow.engines.engine import EngineInfo, State
from streamdesnow.frame import Frame, Image
from streamdesnow.heap import keep_freed_memory
from streamdesnow.pipeline.parts import Parts, Restorer, real_parts
from streamdesnow.pipeline.supervisor import Pipeline
from streamdesnow.restore.desnower import Desnower
from streamdesnow.sinks.null import NullSink
from streamdesnow.sinks.video_writer import VideoWriter
from streamdesnow.snowfall.film import SimulatedFilm

SIZE = (1280, 720)
_DRAWN = 12
_TARGET = 2.0
"""Milliseconds."""

SourceMaker = Callable[[str, CameraConfig, Clock], Source]


@dataclass(frozen=True, slots=True)
class Cost:
    """Seconds a frame.

    Attributes:
        own: CPU time of the pipeline's process.
        others: CPU time of the processes that it started.
        wall: time that passed.
    """

    own: float
    others: float
    wall: float


@dataclass(frozen=True, slots=True)
class _Memory:
    size: tuple[int, int]


class Copying:
    """An engine whose network does nothing."""

    info = EngineInfo("none", "none", "none", "0")

    def open(self) -> None:
        """Nothing to load."""

    def zero_state(self, width: int, height: int) -> State:
        """An empty memory."""
        return _Memory((width, height))

    def infer(self, images: Sequence[Image], states: Sequence[State]) -> list[Image]:
        """The same images."""
        return list(images)

    def close(self) -> None:
        """Nothing to free."""


def main() -> None:
    """Time and print."""
    args = _arguments()
    keep_freed_memory()  # as the command line does
    machine = this_machine()
    print(machine)
    images = _film()
    costs: dict[str, Cost] = {}
    print("\n| CPU time a frame | pipeline | capture | together | wall |\n|---|---|---|---|---|")

    def row(name: str, cost: Cost) -> None:
        costs[name] = cost
        cells = [1e3 * each for each in (cost.own, cost.others, cost.own + cost.others, cost.wall)]
        print(f"| {name} | {' | '.join(f'{cell:.2f} ms' for cell in cells)} |", flush=True)

    for cameras, outputs in ((1, 1), (1, 3), (4, 3)):
        name = f"{cameras} camera{'s'[: cameras > 1]} in memory, {outputs} output{'s'[: outputs > 1]}"
        # So little a frame that it takes many to see it.
        run = partial(_piped_from_memory, images, cameras, outputs)
        row(name, _cost(10 * args.frames, run))
    restored = _cost(args.frames, partial(_piped_from_memory, images, 1, 1, restorer=_no_network))
    row("1 camera in memory, restoration without network", restored)
    with tempfile.TemporaryDirectory(prefix="streamdesnow-overhead-") as folder:
        for count in (args.frames // 5, args.frames):
            _write_clip(_clip(folder, count), images, count)
        captured = _cost(args.frames, partial(_piped_from_file, folder))
        row("1 camera decoded in a process, restoration without network", captured)
        decoding = _cost(args.frames, partial(_decode, folder))
        row("decoding alone", decoding)
    total = captured.own + captured.others - decoding.own
    word = "under" if 1e3 * total < _TARGET else "NOT under"
    what = "Everything but network, decoding and encoding"
    print(f"\n{what}: {1e3 * total:.2f} ms a frame, {word} {_TARGET:g} ms")
    if args.json:
        content = {"machine": asdict(machine), "provisional": machine.busy, "size": SIZE}
        content |= {"frames": args.frames, "overhead_seconds": total}
        content |= {"seconds_a_frame": {name: asdict(cost) for name, cost in costs.items()}}
        args.json.write_text(json.dumps(content, indent=2) + "\n")


def _cost(frames: int, run: Callable[[int], int]) -> Cost:
    """Of one frame: the difference between a long run and a short one; `run` returns frames done."""
    short, long = frames // 5, frames
    (few, *less), (many, *more) = _timed(run, short), _timed(run, long)
    own, others, wall = ((b - a) / (many - few) for a, b in zip(less, more, strict=True))
    return Cost(own, others, wall)


def _timed(run: Callable[[int], int], count: int) -> tuple[int, float, float, float]:
    before, began = _children(), time.perf_counter()
    cpu = time.process_time()
    done = run(count)
    return done, time.process_time() - cpu, _children() - before, time.perf_counter() - began


def _children() -> float:
    """CPU time of processes that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _from_memory(images: Sequence[Image], count: int) -> SourceMaker:
    def make(name: str, config: CameraConfig, clock: Clock) -> Source:
        frames = (
            Frame(images[there_and_back(i, len(images))], i, Fraction(1, 25), clock.monotonic(), name, i)
            for i in range(count)
        )
        return MemorySource(frames, camera=name)

    return make


def _no_work(model: str, config: PipelineConfig) -> Restorer:
    return Untouched()


def _no_network(model: str, config: PipelineConfig) -> Restorer:
    return Desnower(model, runner=Copying())


def _piped_from_memory(
    images: Sequence[Image],
    cameras: int,
    outputs: int,
    count: int,
    restorer: Callable[[str, PipelineConfig], Restorer] = _no_work,
) -> int:
    return _piped(_from_memory(images, count), cameras, outputs, "none.mp4", restorer)


def _piped_from_file(folder: str, count: int) -> int:
    return _piped(real_parts().source, 1, 1, str(_clip(folder, count)), _no_network)


def _piped(
    source: SourceMaker,
    cameras: int,
    outputs: int,
    clip: str,
    restorer: Callable[[str, PipelineConfig], Restorer],
) -> int:
    config = PipelineConfig.model_validate(
        {
            "cameras": {f"camera{i}": {"source": clip} for i in range(cameras)},
            "outputs": [{"null": {}}] * outputs,
        }
    )
    parts = Parts(source, lambda output, camera, clock: NullSink(camera), restorer)
    summary = Pipeline(config, parts=parts).run()
    return sum(camera.frames_out for camera in summary.last.cameras)


def _decode(folder: str, count: int) -> int:
    with AvReader.for_file(_clip(folder, count)) as reader:
        return sum(1 for _ in reader)


def _clip(folder: str, count: int) -> Path:
    return Path(folder) / f"{count}.mp4"


def _film() -> list[Image]:
    film = SimulatedFilm(SimulatedConfig.model_validate({"size": SIZE, "duration": 1.0}))
    return [film.snowy(number) for number in range(_DRAWN)]


def _write_clip(path: Path, images: Sequence[Image], count: int) -> None:
    with VideoWriter(path, preset="ultrafast") as writer:
        for number in range(count):
            writer.write(images[there_and_back(number, len(images))], number, Fraction(1, 25))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--frames", type=int, default=1000, help="of the long run, per camera; at least 50")
    parser.add_argument("--json", type=Path, help="write what was measured to this file")
    args = parser.parse_args()
    if args.frames < 50:
        parser.error("--frames: at least 50")
    return args


if __name__ == "__main__":
    as_script(main)
