"""Small clips that tests draw themselves; every frame carries its own number, readable after encoding."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction
from pathlib import Path

import av
import numpy as np

from streamdesnow.frame import Image

__all__ = ["numbered_frame", "numbered_frames", "read_number", "write_clip", "write_clip_with_sound"]

_BITS = 12
_RATE = 44100


def numbered_frame(number: int, size: tuple[int, int] = (320, 240)) -> Image:
    """BGR uint8 (H, W, 3): a gradient; the top quarter holds `number` (0..4095) as black and white blocks."""
    width, height = size
    image = np.empty((height, width, 3), np.uint8)
    image[..., 0] = np.linspace(40, 200, width, dtype=np.uint8)[None, :]
    image[..., 1] = np.linspace(60, 180, height, dtype=np.uint8)[:, None]
    image[..., 2] = 90
    for bit in range(_BITS):
        left, right = bit * width // _BITS, (bit + 1) * width // _BITS
        image[: max(1, height // 4), left:right] = 235 if number >> bit & 1 else 20
    return image


def numbered_frames(count: int, size: tuple[int, int] = (320, 240), start: int = 0) -> Iterator[Image]:
    """`count` numbered frames, the first carrying `start`."""
    return (numbered_frame(number, size) for number in range(start, start + count))


def read_number(image: Image) -> int:
    """The number that `numbered_frame` drew, also after lossy compression."""
    height, width = image.shape[:2]
    row = image[: max(1, height // 4)].mean(axis=(0, 2))
    cells = [row[bit * width // _BITS : (bit + 1) * width // _BITS] for bit in range(_BITS)]
    return sum(
        1 << bit
        for bit, cell in enumerate(cells)
        if cell[len(cell) // 4 : -len(cell) // 4 or None].mean() > 128
    )


def write_clip(
    path: Path,
    frames: Iterable[Image] | int = 50,
    *,
    size: tuple[int, int] = (320, 240),
    fps: int = 25,
    codec: str = "libx264",
    pix_fmt: str = "yuv420p",
    pts: Iterable[int] | None = None,
    time_base: Fraction | None = None,
    options: dict[str, str] | None = None,
    sar: Fraction = Fraction(1),
    metadata: dict[str, str] | None = None,
) -> Path:
    """Encode frames, or that many numbered ones, and return `path`; its ending chooses the container.

    `pts` in units of `time_base` (default: one per frame, 1/fps). Pixels are `sar` times as wide as high.
    Without B-frames and with a keyframe twice a second, as cameras send.
    """
    images = numbered_frames(frames, size) if isinstance(frames, int) else frames
    base = time_base or Fraction(1, fps)
    stamps = iter(pts) if pts is not None else None
    h26x = codec in {"libx264", "libx265"}
    defaults = {"preset": "ultrafast", "bf": "0", "g": str(max(1, fps // 2))} if h26x else {}
    with av.open(str(path), "w") as container:
        container.metadata.update(metadata or {})
        stream = None
        for number, image in enumerate(images):
            if stream is None:
                stream = container.add_stream(codec, rate=fps, options={**defaults, **(options or {})})
                stream.height, stream.width = image.shape[:2]
                stream.pix_fmt = pix_fmt
                stream.codec_context.sample_aspect_ratio = sar
                stream.codec_context.time_base = base
                stream.time_base = base
            frame = av.VideoFrame.from_ndarray(image, format="bgr24")
            frame.pts = next(stamps) if stamps is not None else number
            frame.time_base = base
            container.mux(stream.encode(frame))
        if stream is not None:
            container.mux(stream.encode(None))
    return path


def write_clip_with_sound(path: Path, codec: str = "aac", metadata: dict[str, str] | None = None) -> Path:
    """Two seconds of silence and black."""
    with av.open(str(path), "w") as container:
        container.metadata.update(metadata or {})
        picture = container.add_stream("libx264", rate=30)
        picture.width, picture.height, picture.pix_fmt = 64, 48, "yuv420p"
        sound = container.add_stream(codec, rate=_RATE)
        sound.layout = "stereo"
        for number in range(60):
            frame = av.VideoFrame.from_ndarray(np.zeros((48, 64, 3), np.uint8), format="bgr24")
            frame.pts, frame.time_base = number, Fraction(1, 30)
            container.mux(picture.encode(frame))
        planar = sound.codec_context.format.is_planar
        kind = np.float32 if "flt" in sound.codec_context.format.name else np.int16
        for start in range(0, 2 * _RATE, 1024):
            silence = np.zeros((2, 1024) if planar else (1, 2048), kind)
            heard = av.AudioFrame.from_ndarray(silence, sound.codec_context.format.name, layout="stereo")
            heard.sample_rate, heard.pts, heard.time_base = _RATE, start, Fraction(1, _RATE)
            container.mux(sound.encode(heard))
        container.mux(picture.encode(None))
        container.mux(sound.encode(None))
    return path
