"""Pictures as encoders want them: even sizes, YUV 4:2:0 in limited range, and the tags that say so."""

from __future__ import annotations

from dataclasses import dataclass

import av
import cv2
import numpy as np
from numpy.typing import NDArray

from streamdesnow.frame import Image

__all__ = [
    "BT601",
    "BT709",
    "Colour",
    "colour_for",
    "even_size",
    "fit_into",
    "grown_to_even",
    "size_of",
    "to_bgr0",
    "to_yuv420p",
]


@dataclass(frozen=True, slots=True)
class Colour:
    """How colours are stored, and its code points (ITU-T H.273).

    Primaries and transfer stay those of BT.709, which is what screens show, also where the matrix is that of
    BT.601: pictures are converted by matrix only, and must not be converted by more when they are shown.

    Attributes:
        kr, kb: weights of red and blue in luma.
        matrix: code point of the matrix.
    """

    kr: float
    kb: float
    matrix: int
    primaries: int = 1
    transfer: int = 1
    limited_range: int = 1

    def from_bgr(self) -> NDArray[np.float64]:
        """(3, 4) matrix that takes (B, G, R, 1), 0..255, to Y 16..235 and Cb, Cr 16..240."""
        luma = np.array([self.kb, 1 - self.kr - self.kb, self.kr])
        blue = (np.array([1.0, 0, 0]) - luma) / (2 * (1 - self.kb))
        red = (np.array([0, 0, 1.0]) - luma) / (2 * (1 - self.kr))
        rows = np.stack([luma * 219, blue * 224, red * 224]) / 255
        return np.column_stack([rows, [16.0, 128.0, 128.0]])


BT709 = Colour(kr=0.2126, kb=0.0722, matrix=1)
BT601 = Colour(kr=0.299, kb=0.114, matrix=6)


def colour_for(height: int) -> Colour:
    """BT.709 from 720 lines, BT.601 below: what players assume that do not read the tags."""
    return BT709 if height >= 720 else BT601


def size_of(image: Image) -> tuple[int, int]:
    """Width and height."""
    return image.shape[1], image.shape[0]


def even_size(width: int, height: int) -> tuple[int, int]:
    """The size that is encoded: 4:2:0 stores colour for blocks of 2x2 pixels."""
    return width + width % 2, height + height % 2


def grown_to_even(image: Image) -> Image:
    """The picture in `even_size`: odd sides grow by one row or column, which repeats the last one."""
    height, width = image.shape[:2]
    right, below = width % 2, height % 2
    if not right and not below:
        return image
    return cv2.copyMakeBorder(image, 0, below, 0, right, cv2.BORDER_REPLICATE)  # type: ignore[return-value]


def to_yuv420p(image: Image, colour: Colour) -> av.VideoFrame:
    """BGR uint8 (H, W, 3) as a yuv420p frame, limited range.

    Odd sides grow, see `grown_to_even`: nothing of the picture is lost.

    FFmpeg's scaler is several times slower where it rounds, and shifts colours by more than a level where it
    does not; OpenCV's matrix product rounds.
    """
    image = grown_to_even(image)
    even_height, even_width = image.shape[:2]
    pixels = even_width * even_height
    planes = np.empty(pixels * 3 // 2, np.uint8)
    luma, blue, red = np.split(planes, [pixels, pixels * 5 // 4])
    half_size = (even_width // 2, even_height // 2)
    yuv = cv2.transform(image, colour.from_bgr())
    half = cv2.resize(yuv, half_size, interpolation=cv2.INTER_AREA)
    cv2.extractChannel(yuv, 0, luma.reshape(even_height, even_width))
    cv2.extractChannel(half, 1, blue.reshape(half_size[::-1]))
    cv2.extractChannel(half, 2, red.reshape(half_size[::-1]))
    return av.VideoFrame.from_ndarray(planes.reshape(even_height * 3 // 2, even_width), format="yuv420p")


def to_bgr0(image: Image) -> av.VideoFrame:
    """BGR uint8 (H, W, 3) as a bgr0 frame, bit for bit."""
    return av.VideoFrame.from_ndarray(np.ascontiguousarray(image), format="bgr24").reformat(format="bgr0")


def fit_into(image: Image, size: tuple[int, int]) -> Image:
    """The picture scaled to fit into `size` (width, height), proportions kept, black around it."""
    width, height = size
    scale = min(width / image.shape[1], height / image.shape[0])
    inner = max(1, round(image.shape[1] * scale)), max(1, round(image.shape[0] * scale))
    scaled = cv2.resize(image, inner, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR)
    canvas = np.zeros((height, width, 3), np.uint8)
    left, top = (width - inner[0]) // 2, (height - inner[1]) // 2
    canvas[top : top + inner[1], left : left + inner[0]] = scaled
    return canvas
