"""Ways to clean a camera and send it on, in one run: from RTSP to RTSP, in frames a second that arrive.

    python benchmarks/peers_live.py --size 640x360 --fps 25

The camera (`stamped_camera.py`) encodes live, the viewer (`stamp_reader.py`) is pushed to. Each method
decodes, cleans and pushes with the same encoder; one that cannot keep up drops frames in its own way, or
none, and then frames grow old in sockets. How old they are is read from the time that the camera draws: in
the first and in the last third of the run, `-` where a filter has destroyed it. A method slower than the time
that it is given is run until two frames have come, or for two minutes without any.
"""

from __future__ import annotations

import argparse
import json
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from fractions import Fraction
from pathlib import Path

import av
import av.error
import av.filter
import cv2
import numpy as np
from ages import Ages
from as_script import as_script
from live import Seen, camera_running, free_port, running, watched
from peer_methods import Missing, eager_paper, pulled
from stamping import Moments, stamping_parts, with_strip

from streamdesnow.bench.machine import this_machine
from streamdesnow.bench.stamps import seconds_since
from streamdesnow.config.output import PushConfig
from streamdesnow.config.pipeline import PipelineConfig
from streamdesnow.errors import StreamDesnowError
from streamdesnow.frame import CleanedFrame, Frame, Image
from streamdesnow.models.find import model_paths
from streamdesnow.pipeline.supervisor import Pipeline
from streamdesnow.sinks.push import PushSink

_BASE = Fraction(1, 90_000)

Frames = Iterator[Image]
Run = Callable[[str, str, threading.Event], None]


@dataclass(frozen=True, slots=True)
class Row:
    """What arrived.

    Attributes:
        fps: frames a second; 0 if fewer than two came.
        first, last: ms, median age of frames in the first and in the last third; None if unreadable.
        failure: why nothing came.
    """

    method: str
    fps: float
    frames: int
    first: float | None
    last: float | None
    failure: str = ""


def main() -> None:
    """Run each for a while and print."""
    args = _arguments()
    machine = this_machine()
    print(f"{args.size} at {args.fps} fps, {args.seconds:g} s each; {machine}\n", flush=True)
    print("| method | frames a second that arrive | ms old, first third | last third |\n|---|---|---|---|")
    width, height = map(int, args.size.split("x"))
    rows = []
    for name, run in _methods(args.models, (width, height)):
        row = _row(name, run, args)
        rows.append(row)
        ages = " | ".join("-" if age is None else f"{age:.0f}" for age in (row.first, row.last))
        fps = row.failure or (f"{row.fps:.1f}" if row.frames > 1 else f"under {2 / args.seconds:.1f}")
        print(f"| {name} | {fps} | {ages} |", flush=True)
    if args.json:
        content = {"machine": asdict(machine), "provisional": machine.busy, "size": args.size}
        content |= {"fps": args.fps, "seconds": args.seconds, "rows": [asdict(row) for row in rows]}
        args.json.write_text(json.dumps(content, indent=2) + "\n")


def _row(name: str, run: Run, args: argparse.Namespace) -> Row:
    failures: list[str] = []
    with camera_running(args.size, args.fps) as camera:
        target = f"rtsp://127.0.0.1:{free_port()}/clean"
        with running("stamp_reader.py", target, "--listen") as viewer:
            end = threading.Event()

            def work() -> None:
                try:
                    run(camera.url, target, end)
                except (StreamDesnowError, Missing, av.error.FFmpegError, ValueError) as error:
                    if not end.is_set():
                        failures.append(f"{type(error).__name__}: {error}")
                        viewer.kill()

            thread = threading.Thread(target=work)
            thread.start()
            try:
                seen = watched(viewer, args.seconds, unread=True)
            finally:
                end.set()
                thread.join()
    span = seen[-1].at - seen[0].at if len(seen) > 1 else 0.0
    first, last = _thirds(seen)
    return Row(name, (len(seen) - 1) / span if span else 0.0, len(seen), first, last, "".join(failures))


def _thirds(seen: list[Seen]) -> tuple[float | None, float | None]:
    ages = Ages()
    for ticks, at in seen:
        if ticks:
            ages.add(at, 1e3 * seconds_since(ticks, at))
    if len(ages.at) < 0.5 * len(seen) or not ages.at:
        return None, None
    third = (ages.at[-1] - ages.at[0]) / 3
    first = ages.between(ages.at[0], ages.at[0] + third) if third else ages
    return first.quantiles()[0], ages.between(ages.at[-1] - third, float("inf")).quantiles()[0]


def _methods(models: list[str], size: tuple[int, int]) -> Iterator[tuple[str, Run]]:
    yield "as it is, OpenCV loop", _pushing(_opencv)
    yield "ffmpeg tmedian, radius 2", _pushing(lambda url: _filtered(url, "tmedian", "radius=2"))
    yield "ffmpeg atadenoise", _pushing(lambda url: _filtered(url, "atadenoise", "s=5"))
    yield "paper, OpenCV and eager torch fp32", _pushing(lambda url: _paper(url, size))
    for model in models:
        yield f"streamdesnow {model}", _streamdesnow(model)


def _pushing(frames: Callable[[str], Frames]) -> Run:
    """The plain loop: one frame after the other is read, cleaned and sent."""

    def run(camera: str, target: str, end: threading.Event) -> None:
        sink = PushSink(PushConfig(url=target), "peer")
        sink.open()
        try:
            for number, image in enumerate(frames(camera)):
                now = time.monotonic()
                frame = Frame(image, int(now / _BASE), _BASE, now, index=number)
                sink.write(CleanedFrame(frame, image, now))
                if end.is_set():
                    break
        finally:
            sink.close()

    return run


def _opencv(url: str) -> Frames:
    capture = cv2.VideoCapture(url, cv2.CAP_FFMPEG)
    try:
        while True:
            there, image = capture.read()
            if not there:
                return
            yield np.asarray(image, np.uint8)
    finally:
        capture.release()


def _paper(url: str, size: tuple[int, int]) -> Frames:
    clean = eager_paper(size)
    for image in _opencv(url):
        yield with_strip(clean(image), image)


def _filtered(url: str, name: str, arguments: str) -> Frames:
    if name not in av.filter.filters_available:
        raise Missing(f"this build of FFmpeg has no filter {name}; install PyAV's wheel (pip install av)")
    with av.open(url, options={"rtsp_transport": "tcp"}) as container:
        stream = container.streams.video[0]
        graph = av.filter.Graph()
        graph.link_nodes(
            graph.add_buffer(template=stream), graph.add(name, arguments), graph.add("buffersink")
        ).configure()
        for frame in container.decode(stream):
            graph.push(frame)
            for clean in pulled(graph):
                yield np.asarray(clean.to_ndarray(format="bgr24"), np.uint8)


def _streamdesnow(model: str) -> Run:
    def run(camera: str, target: str, end: threading.Event) -> None:
        config = PipelineConfig.model_validate(
            {
                "model": model,
                "cameras": {"camera": {"source": camera}},
                "outputs": [{"push": {"url": target}}],
            }
        )
        pipeline = Pipeline(config, parts=stamping_parts(Moments()))
        pipeline.run(watch=lambda snapshot: pipeline.stop() if end.is_set() else None)

    return run


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--size", default="640x360", help="of frames, at least 320 wide")
    parser.add_argument("--fps", type=int, default=25, help="of the camera")
    parser.add_argument("--models", nargs="+", default=sorted(model_paths()), help="of streamdesnow")
    parser.add_argument("--seconds", type=float, default=12.0, help="of each method")
    parser.add_argument("--json", type=Path, help="write what was measured to this file")
    return parser.parse_args()


if __name__ == "__main__":
    as_script(main)
