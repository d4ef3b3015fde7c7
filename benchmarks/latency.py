"""Glass to glass: how old a frame is when it is seen, with streamdesnow in between and without.

    python benchmarks/latency.py --size 1280x720 --fps 25 --model fixed-camera

A camera (`stamped_camera.py`: a real RTSP server that encodes live) draws the time into every frame. A viewer
(`stamp_reader.py`) decodes and reads it: first straight from the camera, then from a pipeline that takes the
camera, cleans it and pushes it to the viewer. What the second adds is streamdesnow's. The strip with the time
is carried around the network, which would take blinking cells for snow, and may.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import threading
import time
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
from live import Seen, camera_running, free_port, running, watched

from streamdesnow.bench.machine import describe
from streamdesnow.bench.stamps import HEIGHT, read_stamp, seconds_since
from streamdesnow.bench.timing import Timing
from streamdesnow.clock import Clock
from streamdesnow.config.output import OutputConfig
from streamdesnow.config.pipeline import PipelineConfig
from streamdesnow.frame import CleanedFrame, Frame, Image
from streamdesnow.pipeline.parts import Parts, real_parts
from streamdesnow.pipeline.supervisor import Pipeline
from streamdesnow.restore.desnower import Desnower
from streamdesnow.restore.stream import Stream
from streamdesnow.sinks.sink import Sink

STAGES = ("capture", "wait for network", "network", "encode and push", "receive and decode")


@dataclass(slots=True)
class Moments:
    """When a frame was where, monotonic seconds, by its stamp."""

    captured: dict[int, float] = field(default_factory=dict)
    taken: dict[int, float] = field(default_factory=dict)
    restored: dict[int, float] = field(default_factory=dict)
    written: dict[int, float] = field(default_factory=dict)


def main() -> None:
    """Measure and print."""
    args = _arguments()
    print(describe(), flush=True)
    moments = Moments()
    with camera_running(args.size, args.fps) as camera:
        with running("stamp_reader.py", camera) as viewer:
            direct = watched(viewer, args.seconds)
        clean = f"rtsp://127.0.0.1:{free_port()}/clean"
        with running("stamp_reader.py", clean, "--listen") as viewer:
            cleaned, label, dropped = _cleaned(viewer, camera, clean, args, moments)
    _print(args, label, dropped, direct, cleaned, moments)


def _cleaned(
    viewer: subprocess.Popen[str], camera: str, clean: str, args: argparse.Namespace, moments: Moments
) -> tuple[list[Seen], str, int]:
    config = PipelineConfig.model_validate(
        {
            "model": args.model,
            "cameras": {"camera": {"source": camera}},
            "outputs": [{"push": {"url": clean, "preset": args.preset}}],
        }
    )
    with Pipeline(config, parts=_stamping(moments)) as pipeline:
        thread = threading.Thread(target=pipeline.run)
        thread.start()
        seen = watched(viewer, args.seconds)
        snapshot = pipeline.snapshot()
        pipeline.stop()
        thread.join()
    return seen, snapshot.models[0][1], snapshot.cameras[0].dropped


def _stamping(moments: Moments) -> Parts:
    """The real parts, with a look at the clock in between."""
    real = real_parts()

    class Stamping(Desnower):
        """Notes when frames go in and come out, and carries the strip around the network."""

        def batch(self, frames: Iterable[tuple[Stream, Frame | Image]]) -> list[Image]:
            pairs = list(frames)
            taken = time.monotonic()
            images = super().batch(pairs)
            restored = time.monotonic()
            stamped = []
            for (_, frame), image in zip(pairs, images, strict=True):
                result = np.array(image)
                if isinstance(frame, Frame):
                    result[:HEIGHT] = frame.image[:HEIGHT]
                    ticks = read_stamp(frame.image)
                    if ticks is not None:
                        moments.captured[ticks] = frame.captured_at
                        moments.taken[ticks], moments.restored[ticks] = taken, restored
                stamped.append(result)
            return stamped

    class StampingSink:
        """Notes when a frame has been written."""

        def __init__(self, sink: Sink) -> None:
            self.name, self.keeps_all, self.open, self.close = (
                sink.name,
                sink.keeps_all,
                sink.open,
                sink.close,
            )
            self._sink = sink

        def write(self, cleaned: CleanedFrame) -> None:
            self._sink.write(cleaned)
            ticks = read_stamp(cleaned.before.image)
            if ticks is not None:
                moments.written[ticks] = time.monotonic()

    def sink(output: OutputConfig, camera: str, clock: Clock) -> Sink:
        return StampingSink(real.sink(output, camera, clock))

    def restorer(model: str, config: PipelineConfig) -> Desnower:
        desnower = Stamping(model, config.engine, cut=config.restore.cut)
        desnower.open()
        return desnower

    return replace(real, sink=sink, restorer=restorer)


def _stages(cleaned: list[Seen], moments: Moments) -> dict[str, Timing]:
    stages = {stage: Timing() for stage in STAGES}
    for ticks, at in cleaned:
        if ticks not in moments.written:
            continue  # seen before `write` returned
        ways = [
            moments.captured[ticks],
            moments.taken[ticks],
            moments.restored[ticks],
            moments.written[ticks],
        ]
        stages[STAGES[0]].add(seconds_since(ticks, ways[0]))
        for stage, since, until in zip(STAGES[1:], ways, [*ways[1:], at], strict=True):
            stages[stage].add(until - since)
    return stages


def _print(
    args: argparse.Namespace,
    engine: str,
    dropped: int,
    direct: list[Seen],
    cleaned: list[Seen],
    moments: Moments,
) -> None:
    if not direct or not cleaned:
        raise SystemExit("the viewer saw no frame that could be read")
    print(f"{args.size} at {args.fps} fps, {args.model} on {engine}")
    print(f"{len(direct)} frames seen without, {len(cleaned)} with streamdesnow")
    print(f"{dropped} frames gave way to newer ones\n\n| ms | p50 | p95 |\n|---|---|---|")
    without, through = (Timing([seconds_since(*seen) for seen in each]) for each in (direct, cleaned))
    rows = {"glass to glass, camera to viewer": without, "glass to glass, through streamdesnow": through}
    rows |= {f"- {stage}": timing for stage, timing in _stages(cleaned, moments).items() if timing.calls}
    lines = {name: [1e3 * timing.percentile(share) for share in (0.5, 0.95)] for name, timing in rows.items()}
    first, second = list(lines.values())[:2]
    lines["**added**"] = [after - before for before, after in zip(first, second, strict=True)]
    for name, figures in lines.items():
        print(f"| {name} | {figures[0]:.1f} | {figures[1]:.1f} |")
    if args.json:
        content = {"machine": describe(), "engine": engine, "dropped": dropped, "milliseconds": lines}
        args.json.write_text(json.dumps(content, indent=2) + "\n")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--size", default="1280x720")
    parser.add_argument("--fps", type=int, default=25)
    parser.add_argument("--model", default="fixed-camera")
    parser.add_argument("--preset", default="veryfast", help="of the encoder that pushes")
    parser.add_argument("--seconds", type=float, default=20.0, help="of each of the two parts")
    parser.add_argument("--json", type=Path)
    return parser.parse_args()


if __name__ == "__main__":
    main()
