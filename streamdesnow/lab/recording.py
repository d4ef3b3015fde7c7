"""What a clip has been through before it is shown: another size, an encoder, a palette."""

from __future__ import annotations

from fractions import Fraction

import av
import cv2
import numpy as np

from streamdesnow.frame import Image
from streamdesnow.lab.compression import compressed

__all__ = ["dithered", "motion_jpeg", "recorded"]

_RESIZED = 0.6
_SCALES = (0.55, 1.6)
_WAYS = ("h264", "jpeg", "palette")
_SHARES = (0.7, 0.18, 0.12)
_DITHERS = ("bayer:bayer_scale=2", "bayer:bayer_scale=4", "sierra2_4a", "floyd_steinberg")


def recorded(film: Image, fps: int, rng: np.random.Generator) -> Image:
    """A film as somebody recorded it: perhaps at another size, then H.264, JPEGs or a palette of colours.

    In real clips noise stands still from keyframe to keyframe, and what moves loses its texture. Noise drawn
    anew for each frame has neither.

    Args:
        film: uint8 (T, H, W, 3) BGR, H and W even.
        fps: frames per second that rate control reckons with.
        rng: every choice is drawn from it.

    Returns:
        The recording, same shape.
    """
    height, width = film.shape[1:3]
    if rng.random() < _RESIZED:
        scale = np.exp(rng.uniform(*np.log(_SCALES)))
        film = _resized(film, _even(height * scale), _even(width * scale))
    match str(rng.choice(_WAYS, p=_SHARES)):
        case "h264":
            film = compressed(
                film,
                int(rng.integers(17, 33)),
                fps,
                preset="veryfast",
                keyframes=int(rng.choice([12, 50, 250])),
            )
        case "jpeg":
            film = motion_jpeg(film, int(rng.integers(45, 93)))
        case _:
            film = dithered(film, int(rng.integers(48, 193)), str(rng.choice(_DITHERS)))
    return _resized(film, height, width)


def motion_jpeg(film: Image, quality: int) -> Image:
    """Each frame of uint8 (T, H, W, 3) BGR as a JPEG of `quality`, 0 to 100, there and back."""
    coded = (cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, quality])[1] for image in film)
    return np.stack([np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR), np.uint8) for data in coded])


def dithered(film: Image, colours: int, dither: str) -> Image:
    """A film in a palette of its own, as GIFs are.

    Args:
        film: uint8 (T, H, W, 3) BGR.
        colours: in the palette, 2 to 256.
        dither: a way that FFmpeg's filter `paletteuse` knows.

    Returns:
        The film in these colours, same shape.
    """
    pixels = av.VideoFormat("bgr24")
    graph = av.filter.Graph()
    source = graph.add_buffer(
        width=film.shape[2], height=film.shape[1], format=pixels, time_base=Fraction(1, 25)
    )
    fork = graph.add("split")
    palette = graph.add("palettegen", f"max_colors={colours}:reserve_transparent=0")
    use = graph.add("paletteuse", f"dither={dither}")
    back, sink = graph.add("format", "bgr24"), graph.add("buffersink")
    source.link_to(fork)
    fork.link_to(use, 0, 0)
    fork.link_to(palette, 1, 0)
    palette.link_to(use, 0, 1)
    use.link_to(back)
    back.link_to(sink)
    graph.configure()
    for index, image in enumerate(film):
        frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(image), format="bgr24")
        frame.pts, frame.time_base = index, Fraction(1, 25)
        graph.vpush(frame)
    graph.vpush(None)
    shown = [np.asarray(graph.vpull().to_ndarray(format="bgr24"), np.uint8) for _ in film]
    return np.stack(shown)


def _even(length: float) -> int:
    return 2 * round(length / 2)


def _resized(film: Image, height: int, width: int) -> Image:
    if film.shape[1:3] == (height, width):
        return film
    way = cv2.INTER_AREA if height < film.shape[1] else cv2.INTER_CUBIC
    return np.stack(
        [np.asarray(cv2.resize(image, (width, height), interpolation=way), np.uint8) for image in film]
    )
