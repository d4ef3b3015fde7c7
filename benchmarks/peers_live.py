"""Ways to clean a camera and send it on, in one run: from RTSP to RTSP, in frames a second that arrive.

    python benchmarks/peers_live.py --size 640x360 --fps 25

The camera (`stamped_camera.py`) encodes live, the viewer (`stamp_reader.py`) is pushed to. Each method
decodes, cleans and pushes with the same encoder; one that cannot keep up drops frames in its own way.
"""

from __future__ import annotations

import argparse
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction

import av
import av.error
import av.filter
import cv2
import numpy as np
from live import camera_running, free_port, running, watched
from peer_methods import eager_paper, pulled

from streamdesnow.bench.machine import describe
from streamdesnow.config.output import PushConfig
from streamdesnow.config.pipeline import PipelineConfig
from streamdesnow.frame import CleanedFrame, Frame, Image
from streamdesnow.models.find import model_paths
from streamdesnow.pipeline.supervisor import Pipeline
from streamdesnow.sinks.push import PushSink

_BASE = Fraction(1, 90_000)

Frames = Iterator[Image]


@dataclass(frozen=True, slots=True)
class Method:
    """One way.

    Attributes:
        run: takes the camera's address, the viewer's, and an event that ends it.
    """

    name: str
    run: Callable[[str, str, threading.Event], None]


def main() -> None:
    """Run each for a while and print."""
    args = _arguments()
    print(f"{args.size} at {args.fps} fps; {describe()}\n", flush=True)
    print("| method | frames a second that arrive |\n|---|---|")
    width, height = map(int, args.size.split("x"))
    for method in _methods(args.models, (width, height)):
        with camera_running(args.size, args.fps) as camera:
            target = f"rtsp://127.0.0.1:{free_port()}/clean"
            with running("stamp_reader.py", target, "--listen") as viewer:
                end = threading.Event()
                thread = threading.Thread(target=method.run, args=(camera, target, end))
                thread.start()
                seen = watched(viewer, args.seconds, unread=True)
                end.set()
                thread.join()
        span = seen[-1].at - seen[0].at if len(seen) > 1 else 0.0
        print(f"| {method.name} | {(len(seen) - 1) / span if span else 0.0:.1f} |", flush=True)


def _methods(models: list[str], size: tuple[int, int]) -> Iterator[Method]:
    yield Method("as it is, OpenCV loop", _pushing(_opencv))
    yield Method("ffmpeg tmedian, radius 2", _pushing(lambda url: _filtered(url, "tmedian", "radius=2")))
    yield Method("ffmpeg atadenoise", _pushing(lambda url: _filtered(url, "atadenoise", "s=5")))
    paper = eager_paper(size)
    yield Method("paper, OpenCV and eager torch fp32", _pushing(lambda url: map(paper, _opencv(url))))
    for model in models:
        yield Method(f"streamdesnow {model}", _streamdesnow(model))


def _pushing(frames: Callable[[str], Frames]) -> Callable[[str, str, threading.Event], None]:
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


def _filtered(url: str, name: str, arguments: str) -> Frames:
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


def _streamdesnow(model: str) -> Callable[[str, str, threading.Event], None]:
    def run(camera: str, target: str, end: threading.Event) -> None:
        config = PipelineConfig.model_validate(
            {
                "model": model,
                "cameras": {"camera": {"source": camera}},
                "outputs": [{"push": {"url": target}}],
            }
        )
        pipeline = Pipeline(config)
        pipeline.run(watch=lambda snapshot: pipeline.stop() if end.is_set() else None)

    return run


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--size", default="640x360")
    parser.add_argument("--fps", type=int, default=25)
    parser.add_argument("--models", nargs="+", default=sorted(model_paths()))
    parser.add_argument("--seconds", type=float, default=12.0, help="of each method")
    return parser.parse_args()


if __name__ == "__main__":
    main()
