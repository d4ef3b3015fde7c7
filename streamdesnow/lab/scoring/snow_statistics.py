"""Figures of the snow in a clip of a fixed camera, and how much of it a model takes away."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from streamdesnow.frame import Image
from streamdesnow.lab.metrics import luma, psnr_of

__all__ = ["AREAS", "Backdrop", "SnowStatistics", "cleaned_share", "statistics_of"]

AREAS = (10, 30, 100)
"""Blobs are counted below, between and above these areas, in pixels."""

_QUANTILE = 0.25
_DARK = 90.0
_ABOVE = 12.0


@dataclass(frozen=True, slots=True, eq=False)
class Backdrop:
    """What is behind the snow of a clip: the low quantile over time of each pixel's Y, since snow brightens.

    Attributes:
        level: float32 (H, W), Y of 16 to 235, the lower quarter of the frames of the clip.
        dark: bool (H, W): darker than 90, where snow shows.
        above: a pixel is covered where it is more than this above `level`, in grey levels.
    """

    level: NDArray[np.float32]
    dark: NDArray[np.bool_]
    above: float

    @classmethod
    def of(cls, frames: Sequence[Image], above: float = _ABOVE) -> Backdrop:
        """From uint8 (H, W, 3) BGR frames of one size; ten or more make sense."""
        values = np.stack([luma(frame).astype(np.float32) for frame in frames])
        place = int(_QUANTILE * (len(frames) - 1))
        values.partition(place, axis=0)
        level = values[place].copy()
        return cls(level, np.asarray(level < _DARK, np.bool_), above)

    def covered(self, frame: Image) -> NDArray[np.bool_]:
        """Where the frame is clearly brighter than the backdrop: bool (H, W)."""
        return np.asarray(luma(frame) - self.level > self.above, np.bool_)

    def near(self, frame: Image) -> NDArray[np.bool_]:
        """Where the frame is the backdrop within the same bound: bool (H, W)."""
        return np.asarray(np.abs(luma(frame) - self.level) <= self.above, np.bool_)


@dataclass(frozen=True, slots=True)
class SnowStatistics:
    """Figures of snow on dark pixels, where it shows.

    Attributes:
        coverage: share 0..1 of dark pixels that are covered, mean over frames.
        blobs: share 0..1 of connected blobs below 10, 10 to 29, 30 to 99 and from 100 pixels.
        brightness: by how many grey levels covered pixels are above the backdrop, mean.
        lifetime: frames that a covered pixel stays covered, mean.
        brief: share 0..1 of the times that a pixel is covered for a single frame.
        distance: dB, each frame from the median over time, B, G, R, over all pixels and frames.
    """

    coverage: float
    blobs: tuple[float, float, float, float]
    brightness: float
    lifetime: float
    brief: float
    distance: float


def statistics_of(frames: Sequence[Image]) -> SnowStatistics:
    """Of uint8 (H, W, 3) BGR frames of a fixed camera, in order.

    Raises:
        ValueError: fewer than ten frames, or no dark pixel.
    """
    if len(frames) < 10:
        raise ValueError(f"statistics of snow need 10 frames or more, not {len(frames)}")
    backdrop = Backdrop.of(frames)
    if not backdrop.dark.any():
        raise ValueError("statistics of snow need dark pixels; this clip has none")
    masks = [backdrop.covered(frame) & backdrop.dark for frame in frames]
    excess = [float((luma(f) - backdrop.level)[m].sum()) for f, m in zip(frames, masks, strict=True)]
    covered = sum(int(mask.sum()) for mask in masks)
    runs = _runs(np.stack(masks))
    median = np.median(np.stack(frames), axis=0).astype(np.float32)
    errors = [float(np.square(frame - median).mean()) for frame in frames]
    return SnowStatistics(
        coverage=covered / len(masks) / int(backdrop.dark.sum()),
        blobs=_blobs(masks),
        brightness=sum(excess) / max(covered, 1),
        lifetime=float(runs.mean()) if runs.size else 0.0,
        brief=float((runs == 1).mean()) if runs.size else 0.0,
        distance=psnr_of(float(np.mean(errors))),
    )


def cleaned_share(frames: Sequence[Image], outputs: Sequence[Image], skip: int = 12) -> tuple[float, float]:
    """How much of the snow came off a clip without known truth, told by time.

    A pixel of a frame is covered where its Y is more than 12 grey levels above the low quantile (the lower
    quarter) of that pixel over the whole clip; it came clean where the output's Y is within 12 of that
    quantile. Things that move count as covered where they are brighter than what they hide, and rightly
    do not come clean: the share is a lower bound.

    Args:
        frames, outputs: uint8 (H, W, 3) BGR, before and after, in order.
        skip: frames at the start that do not count, while memories fill.

    Returns:
        Shares 0..1 of covered pixels that came clean: of all pixels, and of dark ones (Y below 90).
    """
    backdrop = Backdrop.of(frames)
    counts = np.zeros((2, 2))
    for frame, output in list(zip(frames, outputs, strict=True))[skip:]:
        covered, clean = backdrop.covered(frame), backdrop.near(output)
        for row, where in enumerate((covered, covered & backdrop.dark)):
            counts[row] += (where & clean).sum(), where.sum()
    whole, dark = (float(clean / max(total, 1)) for clean, total in counts)
    return whole, dark


def _blobs(masks: Sequence[NDArray[np.bool_]]) -> tuple[float, float, float, float]:
    areas = [
        cv2.connectedComponentsWithStats(mask.astype(np.uint8), connectivity=8)[2][1:, cv2.CC_STAT_AREA]
        for mask in masks[:: max(1, len(masks) // 20)]
    ]
    counts = np.bincount(np.digitize(np.concatenate(areas), AREAS), minlength=4)
    small, medium, large, huge = (float(share) for share in counts / max(int(counts.sum()), 1))
    return small, medium, large, huge


def _runs(masks: NDArray[np.bool_]) -> NDArray[np.intp]:
    """Lengths in frames of every unbroken stretch of cover of every pixel, up to the clip's ends."""
    flat = masks.reshape(len(masks), -1)
    padded = np.pad(flat, ((1, 1), (0, 0)))
    change = np.diff(padded.astype(np.int8), axis=0).T
    # Row by row, starts and ends alternate in order of time.
    starts, ends = np.nonzero(change == 1)[1], np.nonzero(change == -1)[1]
    return np.asarray(ends - starts, np.intp)
