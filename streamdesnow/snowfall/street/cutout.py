"""Fixed things that stand in front of moving ones."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np

from streamdesnow.snowfall.street.sheet import Box, Pixels

__all__ = ["Cutout", "cut_out"]


@dataclass(frozen=True, slots=True, eq=False)
class Cutout:
    """A fixed thing that others pass behind.

    Attributes:
        box: where it stands in the picture.
        colour: uint8 (h, w, 3), already multiplied by its opacity.
        clear: uint8 (h, w), 255 where it is absent, 0 where it hides what is behind.
    """

    box: Box
    colour: Pixels
    clear: Pixels

    def over(self, image: Pixels) -> None:
        """Draw it; in a one-channel mask, remove what it hides."""
        left, top, right, bottom = self.box
        if left == right:
            return
        target = image[top:bottom, left:right]
        if image.ndim == 2:
            target[...] = cv2.multiply(target, self.clear, scale=1 / 255)
            return
        clear = cv2.cvtColor(self.clear, cv2.COLOR_GRAY2BGR)
        target[...] = cv2.add(cv2.multiply(target, clear, scale=1 / 255), self.colour)


def cut_out(size: tuple[int, int], draw: Callable[[Pixels], None]) -> Cutout:
    """What `draw` paints, on its own; `size` is (width, height) of the whole picture."""
    colour = np.zeros((size[1], size[0], 3), np.uint8)
    cover = np.zeros((size[1], size[0]), np.uint8)
    draw(colour)
    draw(cover)
    left, top, width, height = cv2.boundingRect(cover)
    box = (left, top, left + width, top + height)
    part = np.s_[top : top + height, left : left + width]
    return Cutout(box, colour[part].copy(), 255 - cover[part])
