"""What more costs: frames a second and memory against frame size, and against the number of cameras.

    python benchmarks/scaling.py --plot docs/scaling.png

Every point is a process of its own, so that its memory is its own. Sizes: the network alone, one camera,
frames in memory. Cameras: pipelines of 640x360 files, decoded in a process a camera as fast as the network
takes them, without outputs; memory is what all processes hold in RAM, with what they share counted in each.
A line through the points from 640x360 on, and through all cameras, says how straight they lie.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from as_script import as_script

from streamdesnow.bench.footprint import resident, resident_with_children
from streamdesnow.bench.machine import Machine, this_machine
from streamdesnow.bench.roofline import pyplot
from streamdesnow.bench.rounds import Rounds
from streamdesnow.bench.subject import Shelf
from streamdesnow.config.camera import SimulatedConfig
from streamdesnow.config.engine import EngineConfig
from streamdesnow.config.pipeline import PipelineConfig
from streamdesnow.models.find import find_model
from streamdesnow.pipeline.supervisor import Pipeline
from streamdesnow.sinks.video_writer import VideoWriter
from streamdesnow.snowfall.film import SimulatedFilm
from streamdesnow.status.snapshot import PipelineSnapshot

_SIZES = ["320x180", "480x270", "640x360", "960x540", "1280x720", "1920x1080"]
_STRAIGHT = 640 * 360
"""Pixels from which on what surrounds a call no longer counts."""
_CLIP_FRAMES = 50


@dataclass(frozen=True, slots=True)
class Point:
    """Attributes: x: pixels or cameras; fps: of all cameras together; memory: bytes."""

    name: str
    x: float
    fps: float
    memory: int


def main() -> None:
    """Measure every point in a process of its own, print, draw; or be such a process."""
    args = _arguments()
    if args.point:
        kind, value = args.point.split(":")
        point = _size(value, args) if kind == "size" else _cameras(int(value), args)
        print(json.dumps(asdict(point)))
        return
    machine = this_machine()
    print(f"{args.model}; {machine}\n", flush=True)
    sizes = [_measured(f"size:{size}", args) for size in args.sizes]
    _print("frame size", sizes, lambda point: point.fps * point.x / 1e6, "Mpixel/s")
    _print_line([point for point in sizes if point.x >= _STRAIGHT], 1e6, "per Mpixel")
    with tempfile.TemporaryDirectory(prefix="streamdesnow-scaling-") as folder:
        clip = _draw_clip(Path(folder) / "clip.mp4")
        cameras = [_measured(f"cameras:{count}", args, "--clip", str(clip)) for count in args.cameras]
    _print("cameras", cameras, lambda point: point.fps / point.x, "fps each")
    _print_line(cameras, 1, "per camera")
    if args.json:
        content = {"machine": asdict(machine), "provisional": machine.busy, "model": args.model}
        found = {"sizes": [asdict(each) for each in sizes], "cameras": [asdict(each) for each in cameras]}
        args.json.write_text(json.dumps({**content, **found}, indent=2) + "\n")
    if args.plot:
        _draw(sizes, cameras, machine, args)


def _measured(point: str, args: argparse.Namespace, *more: str) -> Point:
    command = [sys.executable, __file__, "--point", point, "--model", args.model]
    command += ["--seconds", str(args.seconds), *more]
    answer = subprocess.run(command, capture_output=True, text=True, check=False)
    if answer.returncode:
        raise SystemExit(f"{point}: {(answer.stderr.splitlines() or ['failed'])[-1]}")
    return Point(**json.loads(answer.stdout.splitlines()[-1]))


def _size(name: str, args: argparse.Namespace) -> Point:
    width, height = map(int, name.split("x"))
    shelf = Shelf()
    subject = shelf.subject(find_model(args.model), EngineConfig(), (width, height))
    rounds = Rounds({name: subject.call})
    rounds.run(1, args.seconds, least=3)
    memory = resident()
    shelf.close()
    return Point(name, width * height, 1 / rounds.timings[name].median, memory)


def _cameras(count: int, args: argparse.Namespace) -> Point:
    config = PipelineConfig.model_validate(
        {
            "model": args.model,
            "cameras": {f"camera{n}": {"source": str(args.clip), "loop": True} for n in range(count)},
            "outputs": [{"null": {}}],
        }
    )
    seen: list[PipelineSnapshot] = []
    memory: list[int] = []

    def watch(snapshot: PipelineSnapshot) -> None:
        if all(camera.frames_out for camera in snapshot.cameras):
            seen.append(snapshot)
            memory.append(resident_with_children())
            if snapshot.seconds - seen[0].seconds >= args.seconds:
                pipeline.stop()

    pipeline = Pipeline(config)
    pipeline.run(watch=watch)
    # The last look is at a pipeline that has been closed.
    first, last = seen[0], seen[-2]
    done = sum(camera.frames_out for camera in last.cameras) - sum(
        camera.frames_out for camera in first.cameras
    )
    return Point(f"{count}", count, done / (last.seconds - first.seconds), int(np.median(memory[:-1])))


def _draw_clip(path: Path) -> Path:
    film = SimulatedFilm(SimulatedConfig.model_validate({"size": "640x360", "duration": _CLIP_FRAMES / 25}))
    with VideoWriter(path) as writer:
        for number in range(_CLIP_FRAMES):
            writer.write(film.snowy(number), number, film.time_base)
    return path


def _print_line(points: list[Point], unit: float, name: str) -> None:
    """How straight cost lies over what it should grow with; a line needs three points to be wrong."""
    if len(points) < 3:
        return
    x = np.array([point.x / unit for point in points])
    for values, what in (
        ([1e3 * (point.x if unit == 1 else 1) / point.fps for point in points], "ms for a frame of each"),
        ([point.memory / 2**20 for point in points], "MiB"),
    ):
        measured = np.array(values)
        slope, start = np.polyfit(x, measured, 1)
        off = float(np.abs(measured / (slope * x + start) - 1).max())
        print(f"{what}: {start:.0f} + {slope:.1f} {name}, within {100 * off:.0f} % of that")
    print(flush=True)


def _print(what: str, points: list[Point], rate: Callable[[Point], float], unit: str) -> None:
    print(f"| {what} | fps | {unit} | MiB |\n|---|---|---|---|")
    for point in points:
        print(f"| {point.name} | {point.fps:.1f} | {rate(point):.1f} | {point.memory / 2**20:.0f} |")
    print(flush=True)


def _draw(sizes: list[Point], cameras: list[Point], machine: Machine, args: argparse.Namespace) -> None:
    plt = pyplot()
    figure, axes = plt.subplots(3, 2, figsize=(10, 9), layout="constrained")
    for column, (points, unit, label) in enumerate(
        ((sizes, 1e6, "Mpixel a frame"), (cameras, 1, "cameras, 640x360"))
    ):
        x = [point.x / unit for point in points]
        for row, (values, name) in enumerate(
            (
                ([point.fps for point in points], "fps of all cameras" if column else "fps"),
                ([1e3 / point.fps for point in points], "ms a frame"),
                ([point.memory / 2**20 for point in points], "MiB"),
            )
        ):
            axes[row][column].plot(x, values, "o-")
            axes[row][column].set(ylabel=name, ylim=(0, 1.1 * max(values)), xlim=(0, 1.05 * max(x)))
            axes[row][column].grid(True, alpha=0.2)
        axes[2][column].set(xlabel=label)
    figure.suptitle(args.model + (" (provisional: the machine was busy)" if machine.busy else ""))
    figure.supxlabel(str(machine)[:300], fontsize=6, wrap=True)
    figure.savefig(args.plot, dpi=120, format="png")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--model", default="fixed-camera", help="name or folder of a model")
    parser.add_argument("--sizes", nargs="+", default=_SIZES, help="of frames")
    parser.add_argument("--cameras", nargs="+", type=int, default=[1, 2, 4, 8], help="how many")
    parser.add_argument("--seconds", type=float, default=6.0, help="of each point")
    parser.add_argument("--json", type=Path, help="write what was measured to this file")
    parser.add_argument("--plot", type=Path, help="draw fps, time a frame and memory as PNG")
    parser.add_argument("--point", help=argparse.SUPPRESS)
    parser.add_argument("--clip", type=Path, help=argparse.SUPPRESS)
    return parser.parse_args()


if __name__ == "__main__":
    as_script(main)
