"""Pictures as the content of files."""

from __future__ import annotations

import cv2

from streamdesnow.errors import SinkError
from streamdesnow.frame import Image

__all__ = ["encode_image"]

_PARAMETERS = {
    "png": [cv2.IMWRITE_PNG_COMPRESSION, 3],
    "jpg": [cv2.IMWRITE_JPEG_QUALITY, 95],
    "webp": [cv2.IMWRITE_WEBP_QUALITY, 90],
}


def encode_image(who: str, image: Image, suffix: str, quality: int | None = None) -> bytes:
    """A picture file's content.

    Args:
        image: uint8 (H, W, 3) BGR.
        suffix: `png` (lossless), `jpg` or `webp`.
        quality: of a `jpg`, 1..100; None: one that hardly shows.

    Raises:
        SinkError: the format cannot hold a picture of this size.
    """
    parameters = _PARAMETERS[suffix] if quality is None else [cv2.IMWRITE_JPEG_QUALITY, quality]
    try:
        done, data = cv2.imencode(f".{suffix}", image, parameters)
    except cv2.error:
        # Which of both happens differs between OpenCV's releases.
        done = False
    if not done:
        height, width = image.shape[:2]
        raise SinkError(f"{who}: {suffix} cannot hold a picture of {width}x{height}; use png")
    return data.tobytes()
