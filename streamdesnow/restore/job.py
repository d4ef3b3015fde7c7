"""One frame on its way through the network."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from streamdesnow.engines.engine import State
from streamdesnow.frame import Image
from streamdesnow.restore.layout import AnyImage, apply_clean
from streamdesnow.restore.padding import crop
from streamdesnow.restore.tiling import TilePlan

__all__ = ["Job"]


@dataclass(slots=True)
class Job:
    """One frame on its way: its tiles go through the network and are painted together.

    Attributes:
        original: the frame as it came.
        image: the same, uint8 (H, W, 3) BGR.
        share: of the cleaned picture in the one that comes out, 0..1.
        plan: how it is cut into tiles.
        tiles: before the network what it is to see, afterwards what it made of that.
        memory: one state a tile.
    """

    original: AnyImage
    image: Image
    share: float
    plan: TilePlan
    tiles: list[Image]
    memory: Sequence[State]

    def result(self) -> AnyImage:
        """What comes out: the original itself if the network has only looked."""
        if self.share == 0:
            return self.original
        clean = crop(self.plan.paint(self.tiles), self.image.shape[1], self.image.shape[0])
        if self.share < 1:
            clean = np.asarray(cv2.addWeighted(clean, self.share, self.image, 1 - self.share, 0), np.uint8)
        return apply_clean(self.original, clean)
