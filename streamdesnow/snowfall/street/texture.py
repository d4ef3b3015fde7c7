"""Irregularity: noise that makes painted surfaces look like material."""

from __future__ import annotations

import cv2
import numpy as np

from streamdesnow.snowfall.street.view import Floats

__all__ = ["NoiseField", "grain", "smooth_step"]

_SIDE = 512


class NoiseField:
    """A plane of noise without seams, to be looked up by position.

    Its spectrum falls with frequency, so it shows blotches at every size, as snow cover and plaster do.
    """

    def __init__(self, rng: np.random.Generator, roughness: float = 1.3) -> None:
        white = rng.standard_normal((_SIDE, _SIDE)).astype(np.float32)
        fy, fx = np.fft.fftfreq(_SIDE)[:, None], np.fft.rfftfreq(_SIDE)[None]
        falloff = np.maximum(np.hypot(fx, fy), 3.0 / _SIDE) ** -roughness
        plane = np.fft.irfft2(np.fft.rfft2(white) * falloff, (_SIDE, _SIDE))
        self._plane: Floats = (plane / plane.std()).astype(np.float32)

    def at(self, x: Floats, y: Floats, period: float) -> Floats:
        """Noise of mean 0 and spread 1 at positions in metres; it repeats after `period` metres."""
        scale = _SIDE / period
        columns = np.mod(x * scale, _SIDE).astype(np.float32)
        rows = np.mod(y * scale, _SIDE).astype(np.float32)
        noise = cv2.remap(self._plane, columns, rows, cv2.INTER_LINEAR, borderMode=cv2.BORDER_WRAP)
        return np.asarray(noise, np.float32)


def grain(rng: np.random.Generator, height: int, width: int, cell: float) -> Floats:
    """Noise of mean 0 and spread about 1, float32 (height, width), with blotches `cell` pixels wide."""
    small = (max(2, round(height / cell)), max(2, round(width / cell)))
    noise = rng.standard_normal(small).astype(np.float32)
    return np.asarray(cv2.resize(noise, (width, height), interpolation=cv2.INTER_CUBIC), np.float32)


def smooth_step(value: Floats, low: float, high: float) -> Floats:
    """0 below `low`, 1 above `high`, and a soft S between."""
    t = np.clip((value - low) / (high - low), 0.0, 1.0)
    step: Floats = (t * t * (3.0 - 2.0 * t)).astype(np.float32)
    return step
