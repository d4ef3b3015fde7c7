"""A stand-in for Snow100K's test set: drawn snow over clean photographs, calibrated on its input alone."""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from streamdesnow.capture.images_reader import load_image
from streamdesnow.frame import Image
from streamdesnow.lab.data.dataset_crops import shrunk
from streamdesnow.lab.data.pairs import Pair
from streamdesnow.lab.metrics import psnr, ssim
from streamdesnow.snowfall.snow import snow_in
from streamdesnow.snowfall.weather import Weather

__all__ = ["SUBSETS", "Calibration", "StandIn", "calibrate"]

# Flake diameters as shares of the width. As in Snow100K, each subset has the flakes of the ones before too.
_SIZES = (0.004, 0.009, 0.02)
SUBSETS = ("small", "medium", "large")
_OPACITIES = (0.25, 0.4, 0.6, 0.8, 1.0)
_MOST = 0.9


@dataclass(frozen=True, slots=True)
class Calibration:
    """Snow whose input row is that of a published table.

    Attributes:
        style: how it is drawn, as for `make_snow`.
        coverage: share of pixels covered above alpha = 0.1, all layers together.
        opacity: alpha of the middle of a sharp flake.
        psnr, ssim: mean of the pictures it was found on, dB over B, G, R and SSIM of Y.
    """

    style: str
    coverage: float
    opacity: float
    psnr: float
    ssim: float


class StandIn:
    """Photographs under snow of one subset; the same picture always has the same snow.

    Args:
        photos: files of clean photographs.
        subset: one of `SUBSETS`.
        snow: how it snows.
        longest: pictures with a longer side are shrunk to it.
        seed: of the snow.
    """

    video = False

    def __init__(
        self, photos: Sequence[Path], subset: str, snow: Calibration, longest: int = 480, seed: int = 7
    ) -> None:
        self.name = subset
        self._photos, self._snow, self._longest, self._seed = photos, snow, longest, seed
        self._layers = _SIZES[: SUBSETS.index(subset) + 1]

    def __iter__(self) -> Iterator[Pair]:
        for path in self._photos:
            truth = shrunk(load_image(path), self._longest)
            yield Pair(self._snowy(truth, path.name), truth, None, path.name)

    def _snowy(self, truth: Image, name: str) -> Image:
        height, width = truth.shape[:2]
        weather = Weather(
            coverage=self._snow.coverage / len(self._layers),
            opacity=self._snow.opacity,
            fall=3.0,
            streak=0.1,
            bgr=(0.9, 0.9, 0.9),
        )
        image = truth
        for number, size in enumerate(self._layers):
            seed = (zlib.crc32(name.encode()) + 1009 * self._seed + number) % 2**31
            # `size` is a share of the width: upright pictures would else have smaller flakes.
            layer = weather.with_size(size * max(width, height) / width)
            image = snow_in(layer, self._snow.style, width, height, seed=seed).next().over(image)
        return image


def calibrate(
    photos: Sequence[Path],
    target: tuple[float, float],
    style: str = "sprites",
    longest: int = 480,
    sample: int = 24,
) -> Calibration:
    """Density and opacity of snow for which the input scores as wanted; no restoration is looked at.

    For each opacity the coverage follows from the PSNR, since the squared error grows with the covered
    area; of these the opacity whose SSIM is nearest is refined once between its neighbours. Opacity is
    searched on a sample, the coverage in the end on all photographs.

    Args:
        photos: files of clean photographs; each is drawn once in every subset.
        target: mean PSNR in dB and mean SSIM of the input.
        style: how snow is drawn.
        longest: as for `StandIn`.
        sample: so many photographs, evenly spread, to search the opacity on.
    """
    some = photos[:: max(1, len(photos) // sample)]
    found: list[Calibration] = []
    coverage = 0.3
    for opacity in _OPACITIES:
        found.append(_with_psnr(some, target[0], Calibration(style, coverage, opacity, 0, 0), longest))
        coverage = found[-1].coverage
    near = sorted(found, key=lambda snow: abs(snow.ssim - target[1]))[:2]
    if (near[0].ssim - target[1]) * (near[1].ssim - target[1]) < 0:
        share = (target[1] - near[0].ssim) / (near[1].ssim - near[0].ssim)
        between = replace(
            near[0],
            opacity=near[0].opacity + share * (near[1].opacity - near[0].opacity),
            coverage=near[0].coverage + share * (near[1].coverage - near[0].coverage),
        )
        found.append(_with_psnr(some, target[0], between, longest))
    best = min(found, key=lambda snow: abs(snow.ssim - target[1]) + abs(snow.psnr - target[0]) / 40)
    return best if len(some) == len(photos) else _with_psnr(photos, target[0], best, longest)


def _with_psnr(photos: Sequence[Path], wanted: float, start: Calibration, longest: int) -> Calibration:
    """The coverage that comes to the PSNR at this opacity, in steps of as many decibels as are missing."""
    snow = _scored(photos, start, longest)
    for _ in range(5):
        if abs(snow.psnr - wanted) < 0.02 or (snow.coverage >= _MOST and snow.psnr > wanted):
            break
        coverage = min(snow.coverage * 10 ** ((snow.psnr - wanted) / 10), _MOST)
        snow = _scored(photos, replace(snow, coverage=coverage), longest)
    return snow


def _scored(photos: Sequence[Path], snow: Calibration, longest: int) -> Calibration:
    scores = [
        (psnr(pair.snowy, pair.truth), ssim(pair.snowy, pair.truth))
        for subset in SUBSETS
        for pair in StandIn(photos, subset, snow, longest)
    ]
    means = np.mean(scores, axis=0)
    return replace(snow, psnr=float(means[0]), ssim=float(means[1]))
