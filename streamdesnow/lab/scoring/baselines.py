"""Cleaning without a network, for comparison: causal temporal filters of a fixed camera."""

from __future__ import annotations

from collections import deque

import cv2
import numpy as np
from numpy.typing import NDArray

from streamdesnow.frame import Image

__all__ = ["CausalMedian", "LowQuantile"]


class CausalMedian:
    """The median over time of each value: of this frame and the ones before it.

    While an even number of frames is there, the lower of the two middle values is taken: snow brightens.

    Args:
        frames: how many frames it spans; fewer at the start.
    """

    def __init__(self, frames: int) -> None:
        if frames < 1:
            raise ValueError(f"a median spans 1 frame or more, not {frames}")
        self._frames: deque[Image] = deque(maxlen=frames)

    def __call__(self, image: Image) -> Image:
        """Clean the next frame, uint8 (H, W, 3) BGR; a change of size starts anew."""
        if self._frames and self._frames[0].shape != image.shape:
            self._frames.clear()
        self._frames.append(image)
        return _lower_median(list(self._frames))


def _lower_median(frames: list[Image]) -> Image:
    """Whole pictures are compared and swapped until the middle one is in place: ten times numpy's speed."""
    middle = (len(frames) - 1) // 2
    for end in range(len(frames) - 1, middle, -1):
        for place in range(end):
            low, high = frames[place], frames[place + 1]
            frames[place] = np.asarray(cv2.min(low, high), np.uint8)
            frames[place + 1] = np.asarray(cv2.max(low, high), np.uint8)
    # The largest are behind the middle now; of those up to it, the largest is the median.
    median = frames[0]
    for frame in frames[1 : middle + 1]:
        median = np.asarray(cv2.max(median, frame), np.uint8)
    return median.copy()


class LowQuantile:
    """A running low quantile of each value: one number a value, whatever the time it remembers.

    The estimate climbs by `tau` steps when the frame is brighter and falls by `1 - tau` when it is darker
    (Robbins-Monro), so that it settles where `tau` of the frames are darker: below the flakes. A step is a
    share of the value's running mean deviation; the share is large for a young memory and then `rate`.

    Args:
        tau: the quantile, 0..1.
        rate: share that the step comes down to: how long it remembers.
    """

    def __init__(self, tau: float = 0.4, rate: float = 0.1) -> None:
        self._tau, self._rate = tau, rate
        self._level: NDArray[np.float32] | None = None
        self._spread: NDArray[np.float32] | None = None
        self._age = 0

    def __call__(self, image: Image) -> Image:
        """Clean the next frame, uint8 (H, W, 3) BGR; a change of size starts anew."""
        frame = image.astype(np.float32)
        if self._level is None or self._spread is None or self._level.shape != frame.shape:
            self._level, self._spread, self._age = frame, np.full_like(frame, _FIRST_SPREAD), 0
        else:
            self._age += 1
            above = frame - self._level
            share = max(2.0 / (self._age + 1), self._rate)
            step = np.where(above > 0, np.float32(self._tau), np.float32(self._tau - 1))
            # No further than the frame itself, or a young memory would overshoot it.
            move = step * self._spread * np.float32(2 * share)
            self._level += np.clip(move, np.minimum(above, 0), np.maximum(above, 0))
            self._spread += np.float32(max(1.0 / (self._age + 1), 0.05)) * (np.abs(above) - self._spread)
        return np.rint(self._level).astype(np.uint8)


_FIRST_SPREAD = 12.0
