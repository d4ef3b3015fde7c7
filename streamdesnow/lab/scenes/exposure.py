"""What an open shutter does to what moves: it smears it along its way."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

__all__ = ["smear"]

Floats = NDArray[np.float32]
_LONGEST = 24


def smear(image: Floats, right: float, down: float) -> Floats:
    """The mean of a picture on its way, float32 (H, W) or (H, W, colours).

    Args:
        image: at the middle of the way; what lies beyond its edges is nothing.
        right, down: pixels that it goes while the shutter is open; 24 at most count.
    """
    length = float(np.hypot(right, down))
    if length < 1:
        return image
    share = min(length, _LONGEST) / length
    right, down = right * share, down * share
    reach = int(np.ceil(max(abs(right), abs(down)) / 2))
    weight = np.zeros((2 * reach + 1, 2 * reach + 1), np.float32)
    steps = 4 * reach + 1
    for along in np.linspace(-0.5, 0.5, steps):
        weight[round(reach + down * along), round(reach + right * along)] += 1 / steps
    smeared = cv2.filter2D(image, -1, weight, borderType=cv2.BORDER_CONSTANT)
    return np.asarray(smeared, np.float32)
