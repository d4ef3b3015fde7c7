"""What a method scores on a clip: errors gathered frame by frame."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from streamdesnow.frame import Image
from streamdesnow.lab.metrics import luma, psnr_of, squared_error, ssim

__all__ = ["ClipScore", "PictureScore", "Scorer"]

_WORSE = 8.0
_SMALLEST = 11


@dataclass(frozen=True, slots=True)
class ClipScore:
    """Scores of one method on one clip; NaN where something does not apply.

    A PSNR here is that of the mean squared error over all pixels of all scored frames, so bad frames
    weigh as much as they should and regions can be compared; `psnr_frames` is the mean of the frames'
    own PSNRs, which other publications print.

    Attributes:
        frames: how many were scored.
        psnr: dB over B, G, R.
        psnr_y: dB over Y.
        psnr_still, psnr_moving: dB over B, G, R of the pixels that do not, or do, show something moving.
        psnr_frames: dB, mean over frames.
        ssim: of Y, mean over frames.
        flicker: grey levels: how much the error in Y varies over time (standard deviation), mean over
            pixels while they are still. 0 for the truth and for anything that is off by a constant.
        worse_still, worse_moving: share 0..1 of the pixels that are clearly further from the truth than
            in the input (the mean difference of B, G, R grew by more than 8 grey levels).
        moving: share 0..1 of pixels that move.
        lpips: perceptual distance, mean over frames.
    """

    frames: int
    psnr: float
    psnr_y: float
    psnr_still: float
    psnr_moving: float
    psnr_frames: float
    ssim: float
    flicker: float
    worse_still: float
    worse_moving: float
    moving: float
    lpips: float


@dataclass(frozen=True, slots=True)
class PictureScore:
    """Scores of one picture: dB over B, G, R; dB over Y; SSIM of Y; LPIPS. NaN where one does not apply."""

    psnr: float
    psnr_y: float
    ssim: float
    lpips: float


class Scorer:
    """Gathers one method's errors over a clip or a set of stills.

    Args:
        perceptual: gives the perceptual distance of an output and its truth; None leaves it out.
    """

    def __init__(self, perceptual: Callable[[Image, Image], float] | None = None) -> None:
        self._perceptual = perceptual
        self._lpips: list[float] = []
        self._still, self._moving = _Region(), _Region()
        self._luma_error = 0.0
        self._frame_psnr: list[float] = []
        self._ssim: list[float] = []
        self._flicker = _Flicker()

    def add(
        self, snowy: Image, truth: Image, output: Image, moving: NDArray[np.bool_] | None
    ) -> PictureScore:
        """Compare one frame and give its own scores.

        Args:
            snowy, truth, output: uint8 (H, W, 3) BGR of one size.
            moving: bool (H, W); None for stills, which count as still without flicker.

        Raises:
            ValueError: the pictures differ in size.
        """
        errors = squared_error(output, truth)
        worse = _difference(output, truth) - _difference(snowy, truth) > _WORSE
        luma_error = luma(output) - luma(truth)
        self._luma_error += float(np.square(luma_error).sum())
        picture = PictureScore(
            psnr_of(float(errors.mean())),
            psnr_of(float(np.square(luma_error).mean())),
            ssim(output, truth) if min(truth.shape[:2]) >= _SMALLEST else math.nan,
            self._perceptual(output, truth) if self._perceptual else math.nan,
        )
        self._frame_psnr.append(picture.psnr)
        self._ssim.append(picture.ssim)
        self._lpips.append(picture.lpips)
        if moving is None:
            self._still.add(errors, worse)
        else:
            self._still.add(errors[~moving], worse[~moving])
            self._moving.add(errors[moving], worse[moving])
            self._flicker.add(luma_error, ~moving)
        return picture

    def score(self) -> ClipScore:
        """The scores so far."""
        pixels = self._still.pixels + self._moving.pixels
        if not pixels:
            return ClipScore(0, *(math.nan,) * 11)
        return ClipScore(
            frames=len(self._frame_psnr),
            psnr=psnr_of((self._still.error + self._moving.error) / pixels),
            psnr_y=psnr_of(self._luma_error / pixels),
            psnr_still=self._still.psnr,
            psnr_moving=self._moving.psnr,
            psnr_frames=float(np.mean(self._frame_psnr)),
            ssim=_mean(self._ssim),
            flicker=self._flicker.mean(),
            worse_still=self._still.share_worse,
            worse_moving=self._moving.share_worse,
            moving=self._moving.pixels / pixels,
            lpips=_mean(self._lpips),
        )


class _Region:
    """Sums over the pixels of a region."""

    def __init__(self) -> None:
        self.error, self.pixels, self._worse = 0.0, 0, 0

    def add(self, errors: NDArray[np.float64], worse: NDArray[np.bool_]) -> None:
        self.error += float(errors.sum())
        self.pixels += errors.size
        self._worse += int(worse.sum())

    @property
    def psnr(self) -> float:
        return psnr_of(self.error / self.pixels) if self.pixels else math.nan

    @property
    def share_worse(self) -> float:
        return self._worse / self.pixels if self.pixels else math.nan


class _Flicker:
    """Spread over time of the error of each pixel, while it is still (Welford's running variance)."""

    def __init__(self) -> None:
        self._count: NDArray[np.float64] | None = None
        self._mean: NDArray[np.float64] | None = None
        self._square: NDArray[np.float64] | None = None

    def add(self, error: NDArray[np.float64], still: NDArray[np.bool_]) -> None:
        if self._count is None or self._mean is None or self._square is None:
            self._count, self._mean, self._square = (np.zeros_like(error) for _ in range(3))
        self._count += still
        step = np.where(still, error - self._mean, 0.0)
        self._mean += step / np.maximum(self._count, 1)
        self._square += step * (error - self._mean)

    def mean(self) -> float:
        if self._count is None or self._square is None:
            return math.nan
        # Pixels that were hardly ever still tell nothing about flicker.
        known = (self._count >= 2) & (self._count >= self._count.max() / 2)
        if not known.any():
            return math.nan
        return float(np.sqrt(np.maximum(self._square[known], 0) / self._count[known]).mean())


def _mean(values: list[float]) -> float:
    """Of those that apply."""
    known = [value for value in values if not math.isnan(value)]
    return float(np.mean(known)) if known else math.nan


def _difference(image: Image, truth: Image) -> NDArray[np.float64]:
    return np.asarray(np.abs(image.astype(np.float64) - truth).mean(axis=2), np.float64)
