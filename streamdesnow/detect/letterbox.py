"""Fitting a picture into a network's input without distorting it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from streamdesnow.frame import Image

__all__ = ["Fit", "letterbox"]


@dataclass(frozen=True, slots=True)
class Fit:
    """How a picture lies in the input: input = picture * scale + offset.

    Attributes:
        scale: the same for both sides.
        left, top: offset in pixels of the input.
        width, height: of the picture.
    """

    scale: float
    left: float
    top: float
    width: int
    height: int

    def to_picture(self, corners: NDArray[np.float32]) -> NDArray[np.float32]:
        """Corners (N, 4) left, top, right, bottom in the picture's pixels, cut off at its edges."""
        offset = np.array([self.left, self.top] * 2, np.float32)
        limit = np.array([self.width, self.height] * 2, np.float32)
        inside: NDArray[np.float32] = np.clip((corners - offset) / np.float32(self.scale), 0, limit)
        return inside


def letterbox(
    image: Image, width: int, height: int, style: Literal["yolov3", "ultralytics"]
) -> tuple[Image, Fit]:
    """The picture, scaled to fit, in the middle of a grey `width` x `height` canvas.

    Args:
        image: uint8 (H, W, 3), any size.
        width, height: of the canvas.
        style: as ImageAI does for YOLOv3 (cubic, grey 128, offsets not rounded on the way back), or as
            Ultralytics does (linear, grey 114).
    """
    rows, columns = image.shape[:2]
    scale = min(width / columns, height / rows)
    inner = (max(1, round(columns * scale)), max(1, round(rows * scale)))
    left, top = (width - inner[0]) // 2, (height - inner[1]) // 2
    darknet = style == "yolov3"
    resized = image
    if inner != (columns, rows):
        method = cv2.INTER_CUBIC if darknet else cv2.INTER_LINEAR
        resized = cv2.resize(image, inner, interpolation=method).astype(np.uint8, copy=False)
    canvas: Image = np.full((height, width, 3), 128 if darknet else 114, np.uint8)
    canvas[top : top + inner[1], left : left + inner[0]] = resized
    if darknet:
        return canvas, Fit(scale, (width - columns * scale) / 2, (height - rows * scale) / 2, columns, rows)
    return canvas, Fit(scale, left, top, columns, rows)
