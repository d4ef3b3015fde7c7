"""Zheng et al. 2013, "Single-Image-Based Rain and Snow Removal Using Multi-guided Filter"."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from streamdesnow.frame import Image

__all__ = ["Zheng2013"]

Plane = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Zheng2013:
    """Snow out of one picture by guided filters (He et al. 2013), colour by colour.

    After the paper: the low frequency part of the picture holds hardly any snow, but all of its
    high frequencies; so (1) the picture is split by a guided filter that guides itself; (2) the low part
    with its edges enhanced guides a filter of the high part, which keeps background edges and loses
    flakes; (3) low part plus filtered high part is the recovered picture; (4) snow only brightens, so
    the lesser of recovered picture and input is a clearer one; (5) a mixture of both guides a last filter
    of the clearer one, which takes away what snow is left at its edges.

    Assumptions, where descriptions of the paper give no figure: radius and epsilon of the filters, the
    edge enhancement as an unsharp mask of the low part, and the share of the clearer picture in the last
    guide. They are set to plausible values and were not tuned on scores.

    Args:
        radius: of the window of the first two filters in pixels, at 640 pixels of the longer side; scaled
            with it.
        smooth: epsilon of the split, for values of 0..1: how much contrast counts as low frequency.
        keep: epsilon of the filter of the high part: smaller keeps more of it.
        edges: how much the edges of the low part are enhanced.
        share: of the clearer picture in the last guide, 0..1.
        last: epsilon of the last filter, whose radius is a third of `radius`.
    """

    radius: int = 15
    smooth: float = 0.04
    keep: float = 0.0001
    edges: float = 0.1
    share: float = 0.8
    last: float = 0.0001

    def __call__(self, image: Image) -> Image:
        """uint8 (H, W, 3) BGR with snow in, without out; nothing is remembered."""
        radius = max(2, round(self.radius * max(image.shape[:2]) / 640))
        light = image.astype(np.float32) / np.float32(255)
        restored = np.stack([self._channel(light[..., c], radius) for c in range(3)], -1)
        return np.asarray(np.clip(restored * 255 + 0.5, 0, 255), np.uint8)

    def _channel(self, snowy: Plane, radius: int) -> Plane:
        low = _guided(snowy, snowy, radius, self.smooth)
        guide = low + np.float32(self.edges) * (low - _mean(low, 1))
        recovered = low + _guided(guide, snowy - low, radius, self.keep)
        clear = np.minimum(recovered, snowy)
        mixed = np.float32(self.share) * clear + np.float32(1 - self.share) * recovered
        return _guided(mixed, clear, max(1, radius // 3), self.last)


def _guided(guide: Plane, image: Plane, radius: int, epsilon: float) -> Plane:
    """Guided filter: in each window the image as a linear function of the guide, averaged over windows."""
    mean_guide, mean_image = _mean(guide, radius), _mean(image, radius)
    variance = _mean(guide * guide, radius) - mean_guide * mean_guide
    covariance = _mean(guide * image, radius) - mean_guide * mean_image
    slope = np.asarray(covariance / (variance + np.float32(epsilon)), np.float32)
    offset = mean_image - slope * mean_guide
    filtered: Plane = _mean(slope, radius) * guide + _mean(offset, radius)
    return filtered


def _mean(plane: Plane, radius: int) -> Plane:
    side = 2 * radius + 1
    return np.asarray(cv2.blur(plane, (side, side), borderType=cv2.BORDER_REFLECT), np.float32)
