"""What a camera's encoder does to a picture, for training inputs."""

from __future__ import annotations

import io
from fractions import Fraction

import av
import numpy as np

from streamdesnow.frame import Image

__all__ = ["compressed"]


def compressed(film: Image, crf: int, fps: int = 25, keyframes: int = 50) -> Image:
    """H.264 there and back.

    Args:
        film: uint8 (T, H, W, 3) BGR, H and W even.
        crf: constant rate factor of libx264, 0 (lossless) to 51.
        fps: frames per second that rate control reckons with.
        keyframes: one in so many frames is.

    Returns:
        The decoded film, same shape.
    """
    buffer = io.BytesIO()
    with av.open(buffer, "w", format="matroska") as container:
        stream = container.add_stream(
            "libx264", rate=fps, options={"crf": str(crf), "preset": "ultrafast", "g": str(keyframes)}
        )
        stream.height, stream.width = film.shape[1:3]
        stream.pix_fmt = "yuv420p"
        stream.thread_count = 1
        for index, image in enumerate(film):
            frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(image), format="bgr24")
            frame.pts, frame.time_base = index, Fraction(1, fps)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    buffer.seek(0)
    with av.open(buffer, "r") as coded:
        coded.streams.video[0].thread_count = 1
        return np.stack([np.asarray(f.to_ndarray(format="bgr24"), np.uint8) for f in coded.decode(video=0)])
