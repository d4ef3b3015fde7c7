"""How close one picture is to another: PSNR and SSIM."""

from __future__ import annotations

import math

import cv2
import numpy as np
from numpy.typing import NDArray

from streamdesnow.frame import Image

__all__ = ["luma", "psnr", "psnr_of", "squared_error", "ssim"]

Plane = NDArray[np.float64]

# ITU-R BT.601 with studio swing, for B, G, R: the Y that restoration papers score on (MATLAB's rgb2ycbcr).
_LUMA = np.array([24.966, 128.553, 65.481]) / 255
_BLACK = 16.0

_WINDOW, _SIGMA = 11, 1.5
_C1, _C2 = (0.01 * 255) ** 2, (0.03 * 255) ** 2


def luma(image: Image) -> Plane:
    """Y of uint8 (H, W, 3) BGR: float64 (H, W), 16 for black to 235 for white, not rounded."""
    return np.asarray(cv2.transform(image.astype(np.float64), _LUMA[None]), np.float64) + _BLACK


def squared_error(output: Image, truth: Image) -> Plane:
    """Squared difference of each pixel, averaged over B, G and R: float64 (H, W).

    Raises:
        ValueError: the pictures differ in size.
    """
    if output.shape != truth.shape:
        raise ValueError(f"cannot compare a picture of {_size(output)} with one of {_size(truth)}")
    difference = output.astype(np.float64) - truth
    return np.asarray(np.square(difference).mean(axis=2), np.float64)


def psnr_of(mean_squared_error: float) -> float:
    """Peak signal-to-noise ratio in dB for a peak of 255; infinite when there is no error."""
    return math.inf if mean_squared_error == 0 else 10 * math.log10(255**2 / mean_squared_error)


def psnr(output: Image, truth: Image, where: NDArray[np.bool_] | None = None) -> float:
    """PSNR in dB over B, G and R of all pixels, or of those `where` (H, W) is True.

    Not a number if that is nowhere.

    Raises:
        ValueError: the pictures differ in size.
    """
    errors = squared_error(output, truth)
    chosen = errors if where is None else errors[where]
    return psnr_of(float(chosen.mean())) if chosen.size else math.nan


def ssim(output: Image, truth: Image) -> float:
    """Structural similarity of Y (Wang et al. 2004): Gaussian window 11x11, sigma 1.5, 1 for equal pictures.

    Only where the window lies wholly inside the picture. Variances are those of the weighted population,
    K1 = 0.01, K2 = 0.03, L = 255.

    Raises:
        ValueError: the pictures differ in size or are smaller than the window.
    """
    if output.shape != truth.shape:
        raise ValueError(f"cannot compare a picture of {_size(output)} with one of {_size(truth)}")
    if min(truth.shape[:2]) < _WINDOW:
        raise ValueError(f"SSIM needs {_WINDOW}x{_WINDOW} pixels or more, not {_size(truth)}")
    x, y = luma(output), luma(truth)
    mean_x, mean_y = _weighted(x), _weighted(y)
    var_x = _weighted(x * x) - mean_x * mean_x
    var_y = _weighted(y * y) - mean_y * mean_y
    covariance = _weighted(x * y) - mean_x * mean_y
    alike = (2 * mean_x * mean_y + _C1) * (2 * covariance + _C2)
    scale = (mean_x**2 + mean_y**2 + _C1) * (var_x + var_y + _C2)
    return float((alike / scale).mean())


def _weighted(plane: Plane) -> Plane:
    """Local mean under the window, where it fits."""
    blurred = cv2.GaussianBlur(plane, (_WINDOW, _WINDOW), _SIGMA)
    edge = _WINDOW // 2
    return np.asarray(blurred[edge:-edge, edge:-edge], np.float64)


def _size(image: Image) -> str:
    return f"{image.shape[1]}x{image.shape[0]}"
