"""Training scenes: a fixed camera over a photograph, things moving, snow falling, truth beside it."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from streamdesnow.frame import Image
from streamdesnow.lab.compression import compressed
from streamdesnow.lab.movers import random_mover
from streamdesnow.lab.photos import Photos
from streamdesnow.snowfall.snow import TRAINED, snow_in
from streamdesnow.snowfall.weather import Weather

__all__ = ["Scene", "draw_scene"]

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class Scene:
    """A short film of one fixed camera.

    Attributes:
        snowy: uint8 (T, S, S, 3) BGR, what the camera sees.
        truth: uint8 (T, S, S, 3) BGR, the same without falling snow, sensor noise included.
        moving: bool (T, S, S), where something moves or has just moved away.
    """

    snowy: Image
    truth: Image
    moving: NDArray[np.bool_]


def draw_scene(
    photos: Photos, side: int, frames: int, rng: np.random.Generator, styles: tuple[str, ...] = TRAINED
) -> Scene:
    """A scene never seen before.

    Args:
        photos: clean pictures for backgrounds and cut-outs.
        side: width and height in pixels.
        frames: length.
        rng: every choice is drawn from it.
        styles: ways of drawing snow to choose from.
    """
    fps = float(rng.choice([8, 10, 12.5, 15, 20, 25, 25, 30]))
    truth, moving = _clean_film(photos, side, frames, 25 / fps, rng)
    if rng.random() < 0.07:
        snowy = truth
    else:
        # Flake sizes are a share of the whole frame's width, of which this scene is a cut-out.
        whole = rng.uniform(400, 900)
        weather = Weather.sample(rng)
        size = min(max(weather.size * whole, 0.8), side / 12)
        weather = weather.with_size(size / side)
        style = str(rng.choice(styles))
        snow = snow_in(weather, style, side, side, fps, int(rng.integers(2**31)))
        snowy = np.stack([snow.next().over(image) for image in truth])
        if rng.random() < 0.3:
            snowy = _noisy(snowy, rng.uniform(0.3, 2.0), rng)
        if rng.random() < 0.2:
            amount = np.float32(rng.uniform(0.2, 0.8))
            truth, snowy = _sharpened(truth, amount), _sharpened(snowy, amount)
    if rng.random() < 0.4:
        same = snowy is truth
        snowy = compressed(snowy, crf=int(rng.integers(16, 31)), fps=round(fps))
        truth = snowy if same else truth
    return Scene(snowy, truth, moving)


def _clean_film(
    photos: Photos, side: int, frames: int, interval: float, rng: np.random.Generator
) -> tuple[Image, NDArray[np.bool_]]:
    margin = 8
    photo = np.ascontiguousarray(photos.crop(rng, side + 2 * margin))
    if rng.random() < 0.3:
        _write_sign(photo, rng)
    ground = photo.astype(np.float32)
    movers = [
        random_mover(photos, side, frames, interval, rng)
        for _ in range(int(rng.choice([0, 1, 2, 3, 4], p=[0.05, 0.15, 0.25, 0.3, 0.25])))
    ]
    shake = rng.uniform(0.1, 1.2) if rng.random() < 0.12 else 0.0
    drift = rng.uniform(0.005, 0.04) if rng.random() < 0.25 else 0.0
    sway = _Sway(side + 2 * margin, rng) if rng.random() < 0.2 else None
    sigma = rng.choice([0.0, rng.uniform(0.3, 2.0), rng.uniform(2.0, 5.0)], p=[0.3, 0.5, 0.2])
    film = np.empty((frames, side, side, 3), np.uint8)
    touched = np.zeros((frames, side, side), np.bool_)
    for t in range(frames):
        view = sway.bend(ground, t) if sway else ground
        dx, dy = rng.normal(0, shake, 2) if shake else (0.0, 0.0)
        matrix = np.array([[1, 0, dx - margin], [0, 1, dy - margin]], np.float32)
        canvas = np.asarray(
            cv2.warpAffine(view, matrix, (side, side), borderMode=cv2.BORDER_REFLECT), np.float32
        )
        for mover in movers:
            mover.paint(canvas, touched[t])
        canvas *= np.float32(1 + drift * np.sin(t / 7.0))
        if sigma:
            canvas += rng.standard_normal(canvas.shape, dtype=np.float32) * np.float32(sigma)
        film[t] = np.clip(canvas + 0.5, 0, 255)
    return film, _just_moved(film, touched, float(sigma))


def _just_moved(film: Image, touched: NDArray[np.bool_], sigma: float) -> NDArray[np.bool_]:
    """Touched now or a frame ago, and changed against the film's median: a parked car does not move."""
    still = np.median(film[:: max(1, len(film) // 9)], axis=0)
    changed = np.abs(film.astype(np.float32) - still).max(-1) > 8 + 3 * sigma
    lately = touched.copy()
    lately[1:] |= touched[:-1]
    lately &= changed
    kernel = np.ones((3, 3), np.uint8)
    return np.stack([cv2.dilate(mask.astype(np.uint8), kernel) > 0 for mask in lately])


class _Sway:
    """Foliage: a patch of the picture that bends to and fro."""

    def __init__(self, side: int, rng: np.random.Generator) -> None:
        x, y = rng.uniform(0, side, 2)
        grid = np.mgrid[0:side, 0:side].astype(np.float32)
        self._y, self._x = grid
        reach = rng.uniform(0.15, 0.5) * side
        self._weight = np.exp(-((self._x - x) ** 2 + (self._y - y) ** 2) / (2 * reach**2)).astype(np.float32)
        self._ripple = np.sin(self._x * rng.uniform(0.05, 0.3) + self._y * rng.uniform(0.05, 0.3)).astype(
            np.float32
        )
        self._amount, self._rate = rng.uniform(0.3, 2.5), rng.uniform(0.1, 0.9)

    def bend(self, image: Floats, time: int) -> Floats:
        bend = (
            self._weight * np.float32(self._amount) * np.sin(self._ripple * 2 + np.float32(self._rate * time))
        )
        bent = cv2.remap(
            image, self._x + bend, self._y + 0.3 * bend, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT
        )
        return np.asarray(bent, np.float32)


def _write_sign(image: Image, rng: np.random.Generator) -> None:
    """Text, lines and dots, mostly white: what must not be taken for snow."""
    side = image.shape[0]
    for _ in range(int(rng.integers(1, 5))):
        x, y = (int(v) for v in rng.integers(0, side, 2))
        value = float(rng.uniform(190, 255))
        match int(rng.integers(3)):
            case 0:
                text = "".join(chr(int(c)) for c in rng.integers(48, 91, int(rng.integers(2, 9))))
                cv2.putText(
                    image,
                    text,
                    (x, y),
                    int(rng.integers(0, 4)),
                    rng.uniform(0.3, 1.0),
                    (value,) * 3,
                    1,
                    cv2.LINE_AA,
                )
            case 1:
                end = (x + int(rng.integers(-60, 60)), y + int(rng.integers(-60, 60)))
                cv2.line(image, (x, y), end, (value,) * 3, int(rng.integers(1, 5)), cv2.LINE_AA)
            case _:
                for _ in range(int(rng.integers(1, 12))):
                    spot = (x + int(rng.integers(-40, 40)), y + int(rng.integers(-40, 40)))
                    cv2.circle(image, spot, int(rng.integers(1, 4)), (value,) * 3, -1, cv2.LINE_AA)


def _noisy(film: Image, sigma: float, rng: np.random.Generator) -> Image:
    noise = rng.standard_normal(film.shape, dtype=np.float32) * np.float32(sigma)
    return np.clip(film + noise + 0.5, 0, 255).astype(np.uint8)


def _sharpened(film: Image, amount: np.float32) -> Image:
    def sharpen(image: Image) -> Image:
        codes = image.astype(np.float32)
        return np.clip(codes + amount * (codes - cv2.GaussianBlur(codes, (0, 0), 1.0)) + 0.5, 0, 255).astype(
            np.uint8
        )

    return np.stack([sharpen(image) for image in film])
