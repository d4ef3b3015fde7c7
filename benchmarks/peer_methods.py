"""The ways to clean a clip that `peers.py` compares: each reads a file and records another.

All record with the same H.264 writer at the same settings, so that what differs is what happens in between.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import islice
from pathlib import Path
from typing import Any

import av
import av.error
import av.filter
import cv2
import numpy as np

from streamdesnow.capture.av_reader import AvReader
from streamdesnow.engines.network import state_shapes
from streamdesnow.files.video import clean_video
from streamdesnow.frame import Image
from streamdesnow.models.find import find_model
from streamdesnow.restore.desnower import Desnower
from streamdesnow.restore.padding import crop, pad, padded_size
from streamdesnow.sinks.video_writer import VideoWriter

__all__ = ["FPS", "Missing", "Peer", "Spent", "eager_paper", "peers", "pulled"]

FPS = 25
_BASE = Fraction(1, FPS)
_RADIUS = 2
"""Frames to each side: five in all, as the median that does best in heavy snow."""

Clean = Callable[[Image], Image]


class Missing(Exception):
    """A peer's package is not installed; says what to install."""


@dataclass(frozen=True, slots=True)
class Spent:
    """Frames that were cleaned, the seconds that this took, and how many frames late each came out."""

    frames: int
    seconds: float
    late: int = 0


@dataclass(frozen=True, slots=True)
class Peer:
    """One way to clean.

    Attributes:
        name: for tables.
        what: what runs, in a few words.
        run: cleans the first file into the second; what cannot keep up may end after that many seconds.
    """

    name: str
    what: str
    run: Callable[[Path, Path, float], Spent]


def peers(models: list[str]) -> Iterator[Peer]:
    """Everything that is compared, simple things first; `models` are those of streamdesnow."""
    yield Peer(
        "as it is", "decoded and recorded, nothing else", _frame_by_frame(lambda size: lambda image: image)
    )
    yield Peer(
        "ffmpeg tmedian", f"radius {_RADIUS}, PyAV's FFmpeg", _ffmpeg("tmedian", f"radius={_RADIUS}", _RADIUS)
    )
    yield Peer("ffmpeg atadenoise", "s=5, PyAV's FFmpeg", _ffmpeg("atadenoise", "s=5", 0))
    yield Peer("OpenCV NlMeansMulti", "3 frames, h 10", _nl_means)
    yield Peer("paper, plain loop", "OpenCV and eager torch fp32", _frame_by_frame(eager_paper))
    yield Peer("vidgear + onnxruntime", f"{models[0]}, fp32", _vidgear(models[0]))
    for model in models:
        yield Peer(f"streamdesnow {model}", "streamdesnow clean", _streamdesnow(model))


def _frame_by_frame(make: Callable[[tuple[int, int]], Clean]) -> Callable[[Path, Path, float], Spent]:
    """The loop that a user would write: read, clean, write, one after the other."""

    def run(source: Path, target: Path, limit: float) -> Spent:
        capture = cv2.VideoCapture(str(source))
        size = (int(capture.get(cv2.CAP_PROP_FRAME_WIDTH)), int(capture.get(cv2.CAP_PROP_FRAME_HEIGHT)))
        clean = make(size)
        clean(np.zeros((size[1], size[0], 3), np.uint8))
        began, done = time.perf_counter(), 0
        with VideoWriter(target) as writer:
            while time.perf_counter() - began < limit:
                there, image = capture.read()
                if not there:
                    break
                writer.write(clean(np.asarray(image, np.uint8)), done, _BASE)
                done += 1
        capture.release()
        return Spent(done, time.perf_counter() - began)

    return run


def eager_paper(size: tuple[int, int]) -> Clean:
    """The paper's network with the shipped weights, as a user of torch would run it.

    Raises:
        Missing: torch or onnx is not installed.
    """
    try:
        import torch

        from streamdesnow.lab.nets.paper import PaperNet
    except ImportError as error:
        raise Missing('pip install "streamdesnow[train]"') from error
    net = PaperNet().eval()
    net.load_state_dict(_shipped_weights())
    width, height = size

    def clean(image: Image) -> Image:
        padded = cv2.copyMakeBorder(image, 0, -height % 4, 0, -width % 4, cv2.BORDER_REFLECT_101)
        rgb = cv2.cvtColor(padded, cv2.COLOR_BGR2RGB)
        with torch.no_grad():
            restored = net(torch.from_numpy(rgb).permute(2, 0, 1)[None].float() / 255)[0]
        out = (restored.clamp(0, 1) * 255).round().byte().permute(1, 2, 0).numpy()
        return np.asarray(cv2.cvtColor(out, cv2.COLOR_RGB2BGR)[:height, :width], np.uint8)

    return clean


def _shipped_weights() -> dict[str, Any]:
    """Those of the model `paper`, which keeps the names that they have in the lab."""
    import onnx
    import torch

    tensors = onnx.load(find_model("paper").onnx).graph.initializer
    named = {each.name: onnx.numpy_helper.to_array(each).astype(np.float32) for each in tensors}
    return {
        name.removeprefix("net.").removesuffix("_half"): torch.from_numpy(value)
        for name, value in named.items()
        if name.startswith("net.")
    }


def _nl_means(source: Path, target: Path, limit: float) -> Spent:
    began, done = time.perf_counter(), 0
    with AvReader.for_file(source) as reader, VideoWriter(target) as writer:
        frames = [frame.image for frame in islice(reader, 2)]
        for frame in reader:
            if time.perf_counter() - began >= limit:
                break
            frames = [*frames[-2:], frame.image]
            clean = cv2.fastNlMeansDenoisingColoredMulti(frames, 1, 3, None, 10, 10, 7, 21)
            writer.write(np.asarray(clean, np.uint8), done, _BASE)
            done += 1
    return Spent(done, time.perf_counter() - began, late=1)


def _ffmpeg(name: str, arguments: str, late: int) -> Callable[[Path, Path, float], Spent]:
    def run(source: Path, target: Path, limit: float) -> Spent:
        began, done = time.perf_counter(), 0
        with av.open(str(source)) as container, VideoWriter(target) as writer:
            stream = container.streams.video[0]
            stream.thread_type = "AUTO"
            graph = av.filter.Graph()
            graph.link_nodes(
                graph.add_buffer(template=stream), graph.add(name, arguments), graph.add("buffersink")
            ).configure()
            for frame in [*container.decode(stream), None]:
                graph.push(frame)
                for clean in pulled(graph):
                    writer.write(np.asarray(clean.to_ndarray(format="bgr24"), np.uint8), done, _BASE)
                    done += 1
        return Spent(done, time.perf_counter() - began, late)

    return run


def pulled(graph: av.filter.Graph) -> Iterator[Any]:
    """What a graph has ready."""
    while True:
        try:
            yield graph.pull()
        except (av.error.BlockingIOError, av.error.EOFError):
            return


def _vidgear(model: str) -> Callable[[Path, Path, float], Spent]:
    """CamGear reads in a thread of its own; the same network in an onnxruntime session with its memory."""

    def run(source: Path, target: Path, limit: float) -> Spent:
        try:
            from vidgear.gears import CamGear
        except ImportError as error:
            raise Missing("pip install vidgear") from error
        gear = CamGear(source=str(source)).start()
        clean: Clean | None = None
        began, done = time.perf_counter(), 0
        try:
            with VideoWriter(target) as writer:
                while time.perf_counter() - began < limit and (image := gear.read()) is not None:
                    if clean is None:
                        clean = _session(model, (image.shape[1], image.shape[0]))
                        began = time.perf_counter()
                    writer.write(clean(image), done, _BASE)
                    done += 1
        finally:
            gear.stop()
        return Spent(done, time.perf_counter() - began)

    return run


def _session(name: str, size: tuple[int, int]) -> Clean:
    import onnxruntime

    model = find_model(name)
    session = onnxruntime.InferenceSession(str(model.onnx), providers=["CPUExecutionProvider"])
    multiple = model.card.side_multiple
    width, height = padded_size(*size, multiple)
    shapes = state_shapes(model, batch=1, width=width, height=height)
    states = model.card.states
    empty = {spec.input: np.zeros(shape, spec.dtype) for spec, shape in zip(states, shapes, strict=True)}
    memory = dict(empty)
    outputs = [model.card.output.name, *(spec.output for spec in states)]

    def clean(image: Image) -> Image:
        result, *kept = session.run(outputs, {model.card.input.name: pad(image, multiple)[None], **memory})
        memory.update(zip(memory, kept, strict=True))
        return crop(np.asarray(result[0], np.uint8), *size)

    clean(np.zeros((size[1], size[0], 3), np.uint8))  # the first call prepares buffers
    memory.update(empty)
    return clean


def _streamdesnow(model: str) -> Callable[[Path, Path, float], Spent]:
    """What `streamdesnow clean` does: reading ahead, cleaning and writing overlap."""

    def run(source: Path, target: Path, limit: float) -> Spent:
        with Desnower(model) as desnower:
            with AvReader.for_file(source) as reader:
                frame = reader.read()
            if frame is not None:
                desnower(frame.image)  # compiles for this size
            report = clean_video(source, target, desnower)
        return Spent(report.frames, report.seconds)

    return run
