"""Is what goes up or down restored as well as what goes sideways?

    python benchmarks/ways.py ../shared/data/photos/train fixed-camera fixed-camera-small

A piece of one photograph crosses another, under snow that falls no way in particular: each frame has its own.
The same film transposed holds the same pixels: nothing but the way has changed. Prints decibels gained
where the piece is, from the ninth frame on, for both, and in how many films the first gained more. Networks
compute in float32.
"""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
from as_script import as_script
from causal_networks import causal_network
from numpy.typing import NDArray

from streamdesnow.bench.machine import describe
from streamdesnow.frame import Image
from streamdesnow.lab.data.photos import Photos
from streamdesnow.lab.metrics import psnr_of, squared_error
from streamdesnow.lab.nets.fixed_camera import FixedCameraNet
from streamdesnow.lab.training.causal import restored_film
from streamdesnow.snowfall.snow import snow_in
from streamdesnow.snowfall.weather import Weather

_SIDE, _FRAMES, _WARM = 192, 16, 8
_PIECE = 44
_NOISE = 1.5
_FLAKE = 0.02  # of the side


def main() -> None:
    """Score and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("photos", type=Path, help="folder of photographs")
    parser.add_argument("networks", nargs="+", help="models, or checkpoints")
    parser.add_argument("--films", type=int, default=12)
    parser.add_argument("--speeds", type=float, nargs="+", default=[1.2, 3.0], help="pixels a frame")
    args = parser.parse_args()
    photos = Photos((args.photos,))
    print(f"{describe()}\n\n| network | speed | sideways | up or down | sideways better in |")
    print("|---|---|---|---|---|")
    for name in args.networks:
        net = causal_network(name)
        for speed in args.speeds:
            films = [
                _film(photos, speed, np.random.default_rng([77, number])) for number in range(args.films)
            ]
            gains = np.array([[_gain(net, *film), _gain(net, *_transposed(*film))] for film in films])
            better = int((gains[:, 0] > gains[:, 1]).sum())
            across, down = gains.mean(0)
            print(
                f"| {name} | {speed:g} | {across:.2f} | {down:.2f} | {better} of {len(films)} |", flush=True
            )


def _film(photos: Photos, speed: float, rng: np.random.Generator) -> tuple[Image, Image, NDArray[np.bool_]]:
    """Snowy frames, their truths, and where the piece is."""
    ground, piece = (photos.crop(rng, side).astype(np.float32) for side in (_SIDE, _PIECE))
    rows, columns = np.mgrid[:_PIECE, :_PIECE] - (_PIECE - 1) / 2
    disc = (np.hypot(rows, columns) < _PIECE / 2 - 2).astype(np.float32)
    cover = np.asarray(cv2.GaussianBlur(disc, (0, 0), 0.8), np.float32)
    layer = np.dstack([piece * cover[..., None], cover])
    weather = replace(Weather.of_level("heavy"), streak=0.01, fall=1.0, size=_FLAKE)
    way = rng.choice([-1, 1])
    frames = []
    for t in range(_FRAMES):
        place = (_SIDE - _PIECE) / 2
        matrix = np.array([[1, 0, place + way * speed * (t - 0.7 * _FRAMES)], [0, 1, place]], np.float32)
        moved = cv2.warpAffine(layer, matrix, (_SIDE, _SIDE))
        light = ground * (1 - moved[..., 3:]) + moved[..., :3] + rng.normal(0, _NOISE, ground.shape)
        truth: Image = np.clip(light + 0.5, 0, 255).astype(np.uint8)
        snow = snow_in(weather, "particles", _SIDE, _SIDE, 25.0, int(rng.integers(2**31)))
        frames.append((snow.next().over(truth), truth, moved[..., 3] > 0.5))
    snowy, truths, there = (np.stack(each) for each in zip(*frames, strict=True))
    return snowy, truths, there


def _transposed(
    snowy: Image, truth: Image, there: NDArray[np.bool_]
) -> tuple[Image, Image, NDArray[np.bool_]]:
    turned = (np.ascontiguousarray(film.swapaxes(1, 2)) for film in (snowy, truth))
    return next(turned), next(turned), there.swapaxes(1, 2)


def _gain(net: FixedCameraNet, snowy: Image, truth: Image, there: NDArray[np.bool_]) -> float:
    """Decibels."""
    errors = np.zeros(2)
    for t, restored in enumerate(restored_film(net, snowy)):
        if t >= _WARM:
            for column, image in enumerate((snowy[t], restored)):
                errors[column] += squared_error(image, truth[t])[there[t]].mean()
    before, after = (psnr_of(error / (_FRAMES - _WARM)) for error in errors)
    return after - before


if __name__ == "__main__":
    as_script(main)
