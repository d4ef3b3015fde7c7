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
from dataclasses import asdict
from pathlib import Path

from as_script import as_script
from live import Seen, camera_running, free_port, running, watched
from stamping import Moments, stamping_parts

from streamdesnow.bench.machine import Machine, this_machine
from streamdesnow.bench.stamps import seconds_since
from streamdesnow.bench.timing import Timing
from streamdesnow.config.pipeline import PipelineConfig
from streamdesnow.pipeline.supervisor import Pipeline

STAGES = ("capture", "wait for network", "network", "encode and push", "receive and decode")


def main() -> None:
    """Measure and print."""
    args = _arguments()
    machine = this_machine()
    print(machine, flush=True)
    moments = Moments()
    ahead = 2 * args.seconds if args.ahead else 0.0
    with camera_running(args.size, args.fps, ahead=ahead) as camera:
        with running("stamp_reader.py", camera.url) as viewer:
            direct = watched(viewer, args.seconds)
        clean = f"rtsp://127.0.0.1:{free_port()}/clean"
        with running("stamp_reader.py", clean, "--listen") as viewer:
            cleaned, label = _cleaned(viewer, camera.url, clean, args, moments)
    _print(args, machine, label, direct, cleaned, moments)


def _cleaned(
    viewer: subprocess.Popen[str], camera: str, clean: str, args: argparse.Namespace, moments: Moments
) -> tuple[list[Seen], str]:
    config = PipelineConfig.model_validate(
        {
            "model": args.model,
            "cameras": {"camera": {"source": camera}},
            "outputs": [{"push": {"url": clean, "preset": args.preset}}],
        }
    )
    with Pipeline(config, parts=stamping_parts(moments)) as pipeline:
        thread = threading.Thread(target=pipeline.run)
        thread.start()
        try:
            seen = watched(viewer, args.seconds)
            label = pipeline.snapshot().models[0][1]
        finally:
            pipeline.stop()
            thread.join()
    return seen, label


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
    machine: Machine,
    engine: str,
    direct: list[Seen],
    cleaned: list[Seen],
    moments: Moments,
) -> None:
    if len(direct) < 2 or len(cleaned) < 2:
        raise SystemExit("the viewer saw no frames that could be read")
    rates = {name: _rate(seen) for name, seen in (("without", direct), ("with", cleaned))}
    print(f"{args.size} at {args.fps} fps, {args.model} on {engine}")
    for name, seen in (("without", direct), ("with", cleaned)):
        print(f"{len(seen)} frames seen {name} streamdesnow, {rates[name]:.1f} a second")
    print("\n| ms | p50 | p95 |\n|---|---|---|")
    without, through = (Timing([seconds_since(*seen) for seen in each]) for each in (direct, cleaned))
    rows = {"glass to glass, camera to viewer": without, "glass to glass, through streamdesnow": through}
    rows |= {f"- {stage}": timing for stage, timing in _stages(cleaned, moments).items() if timing.calls}
    lines = {name: [1e3 * timing.percentile(share) for share in (0.5, 0.95)] for name, timing in rows.items()}
    first, second = list(lines.values())[:2]
    lines["**added**"] = [after - before for before, after in zip(first, second, strict=True)]
    for name, figures in lines.items():
        print(f"| {name} | {figures[0]:.1f} | {figures[1]:.1f} |")
    if args.json:
        content = {"machine": asdict(machine), "provisional": machine.busy, "model": args.model}
        content |= {"engine": engine, "size": args.size, "fps": args.fps, "seconds": args.seconds}
        content |= {"ahead": args.ahead}
        content |= {"frames_per_second": rates, "milliseconds_p50_p95": lines}
        args.json.write_text(json.dumps(content, indent=2) + "\n")


def _rate(seen: list[Seen]) -> float:
    return (len(seen) - 1) / (seen[-1].at - seen[0].at)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--size", default="1280x720", help="of frames")
    parser.add_argument("--fps", type=int, default=25, help="of the camera")
    parser.add_argument("--model", default="fixed-camera", help="name or folder of a model")
    parser.add_argument("--preset", default="veryfast", help="of the encoder that pushes")
    parser.add_argument("--seconds", type=float, default=20.0, help="of each of the two parts")
    parser.add_argument("--ahead", action="store_true", help="the camera encodes before the run begins")
    parser.add_argument("--json", type=Path, help="write what was measured to this file")
    return parser.parse_args()


if __name__ == "__main__":
    as_script(main)
