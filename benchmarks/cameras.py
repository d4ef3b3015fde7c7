"""Many cameras at once: frames a second, drops, memory, and whether latency grows.

    python benchmarks/cameras.py --cameras 8 --size 640x360 --fps 15 --seconds 600 --plot cameras.png
    python benchmarks/cameras.py --source rtsp --policy lower-rate
    python benchmarks/cameras.py --source rtsp --cameras 1 --size 1280x720 --fps 25 --record --ahead
    python benchmarks/cameras.py --network none                           # what the pipeline itself costs

Cameras in memory show the simulated street, each a moment later than the one before; a frame is born when it
is handed over. Over RTSP a server (`stamped_camera.py`) encodes for each camera by itself and draws the time
into frames, so whatever waits in sockets and decoders counts too; with `--ahead` it has encoded its film
before, as a real camera encodes somewhere else. Latency is from birth to restored, with `--record` also to
written; a recording's frames are counted by reading it. The first seconds (`--settle`) do not count. Memory
and CPU are those of all processes but the cameras', whose CPU time is told apart.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path
from typing import get_args

from ages import Sample
from as_script import as_script
from camera_feed import MemoryCameras
from cameras_report import Result, Setting, report
from live import camera_running, cpu_seconds
from meter import Meter, Untouched, recorded_fps

from streamdesnow.bench.footprint import resident_with_children
from streamdesnow.bench.machine import this_machine
from streamdesnow.clock import Clock
from streamdesnow.config.gate import When
from streamdesnow.config.output import OutputConfig
from streamdesnow.config.overload import Policy
from streamdesnow.config.pipeline import PipelineConfig
from streamdesnow.heap import keep_freed_memory
from streamdesnow.pipeline.notice import Notice
from streamdesnow.pipeline.parts import Parts, Restorer, real_parts
from streamdesnow.pipeline.supervisor import Pipeline
from streamdesnow.sinks.sink import Sink
from streamdesnow.status.snapshot import PipelineSnapshot

_SAMPLING = 2.0


def main() -> None:
    """Run and print."""
    args = _arguments()
    setting = Setting(
        cameras=args.cameras,
        size=args.size,
        fps=args.fps,
        seconds=args.seconds,
        settle=min(20.0, args.seconds / 4) if args.settle is None else args.settle,
        source=args.source,
        snow=args.snow,
        when=args.when,
        policy=args.policy,
        recorded=args.record,
        ahead=args.ahead,
    )
    keep_freed_memory()  # as the command line does
    machine = this_machine()
    print(machine, flush=True)
    ahead = args.seconds if args.ahead else 0.0
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="streamdesnow-cameras-")))
        memory = MemoryCameras(setting) if args.source == "memory" else None
        url, server = (
            ("", 0)
            if memory is not None
            else stack.enter_context(camera_running(args.size, args.fps, args.snow, ahead))
        )
        result = _run(_config(args, url, folder), setting, args.network, memory, server)
        result.machine = machine
        if args.record:
            result.recorded = {name: recorded_fps(folder / name, setting.settle) for name in result.restored}
    report(result, setting, args.json, args.plot)


def _run(
    config: PipelineConfig, setting: Setting, network: str, memory: MemoryCameras | None, server: int
) -> Result:
    result = Result()
    real = real_parts()

    def sink(output: OutputConfig, camera: str, clock: Clock) -> Sink:
        meter = Meter(camera, real.sink(output, camera, clock), stamped=memory is None)
        result.captured[camera] = meter.captured
        result.restored[camera], result.written[camera] = meter.restored, meter.written
        return meter

    def restorer(model: str, config: PipelineConfig) -> Restorer:
        return Untouched() if network == "none" else real.restorer(model, config)

    def notice(what: Notice) -> None:
        result.notices.append((time.monotonic() - result.began, f"{what.camera}: {what.text}"))

    def watch(snapshot: PipelineSnapshot) -> None:
        now = time.monotonic()
        if not result.began:
            result.began = now - snapshot.seconds
        if now - result.began > setting.seconds:
            return  # closing
        result.snapshots.append(snapshot)
        if not result.samples or now - result.began - result.samples[-1].at >= _SAMPLING:
            cameras = cpu_seconds(server) if server else 0.0
            held = resident_with_children() - (resident_with_children(server) if server else 0)
            result.samples.append(
                Sample(now - result.began, held, (cpu_seconds(os.getpid()) - cameras, cameras))
            )

    source = real.source if memory is None else memory.source
    with Pipeline(config, parts=Parts(source, sink, restorer), observer=notice) as pipeline:
        if memory is not None:
            memory.start()
        pipeline.run(duration=setting.seconds, watch=watch)
        if memory is not None:
            memory.stop()
    return result


def _config(args: argparse.Namespace, url: str, folder: Path) -> PipelineConfig:
    names = [f"camera{number}" for number in range(args.cameras)]
    output: dict[str, object] = {"null": {}}
    if args.record:
        output = {"record": {"directory": str(folder / "{camera}"), "preset": args.preset, "segment": "0s"}}
    overload: dict[str, object] = {"policy": args.policy}
    if args.policy == "smaller-model":
        overload["smaller_model"] = args.smaller_model
    return PipelineConfig.model_validate(
        {
            "model": args.model,
            "restore": {"when": args.when, "batch": args.batch, "wait": args.wait},
            "overload": overload,
            "cameras": {name: {"source": url or f"{name}.mp4"} for name in names},
            "outputs": [output],
        }
    )


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--cameras", type=int, default=8, help="how many")
    parser.add_argument("--size", default="640x360", help="of frames, at least 320 wide over RTSP")
    parser.add_argument("--fps", type=int, default=15, help="of each camera")
    parser.add_argument("--seconds", type=float, default=60.0, help="of the run")
    parser.add_argument(
        "--settle", type=float, help="seconds that do not count; default a quarter, at most 20"
    )
    parser.add_argument(
        "--source", choices=["memory", "rtsp"], default="memory", help="where frames come from"
    )
    parser.add_argument(
        "--ahead", action="store_true", help="over RTSP: cameras encode before the run begins"
    )
    parser.add_argument("--record", action="store_true", help="record each camera in H.264, and count")
    parser.add_argument("--preset", default="veryfast", help="of the encoder that records")
    parser.add_argument("--snow", choices=["none", "light", "medium", "heavy"], default="heavy")
    parser.add_argument("--model", default="fixed-camera", help="name or folder of a model")
    parser.add_argument("--network", choices=["real", "none"], default="real")
    parser.add_argument("--when", choices=get_args(When), default="always", help="as `restore.when`")
    parser.add_argument("--policy", choices=get_args(Policy), default="drop", help="as `overload.policy`")
    parser.add_argument("--smaller-model", default="fixed-camera-small", help="as `overload.smaller_model`")
    parser.add_argument("--batch", type=int, default=8, help="as `restore.batch`")
    parser.add_argument("--wait", default="0ms", help="as `restore.wait`")
    parser.add_argument("--json", type=Path, help="write what was measured to this file")
    parser.add_argument("--plot", type=Path, help="draw latency, rates and memory over time as PNG")
    return parser.parse_args()


if __name__ == "__main__":
    as_script(main)
