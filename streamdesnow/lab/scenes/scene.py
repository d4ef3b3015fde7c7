"""Training scenes: a fixed camera over a photograph, things moving, snow falling, truth beside it."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from streamdesnow.frame import Image
from streamdesnow.lab.data.motion import and_lately
from streamdesnow.lab.data.photos import Photos
from streamdesnow.lab.scenes.cutouts import Cutouts
from streamdesnow.lab.scenes.hard_negatives import LensDrops, Rain, lay_snow, write_sign
from streamdesnow.lab.scenes.movers import Mover, random_mover
from streamdesnow.lab.scenes.sky import brighten_sky
from streamdesnow.lab.scenes.snowed import SNOW_FREE, WHOLE_WIDTH, as_a_codec_leaves_it, snowed
from streamdesnow.lab.scenes.swaying import Sway
from streamdesnow.snowfall.snow import TRAINED

__all__ = ["Scene", "draw_scene"]


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


_MARGIN = 8
_PAN_MARGIN = 48
_PANS = 0.12
_FARTHEST = 20.0  # pixels: the tallest thing that moves, of the camera that is farthest away
_NEAREST = 1.3  # of the scene's side: the same of the nearest
_CROWDED = 0.35  # of the scene's side: where all is smaller, there is more of it
_AGAINST_LIGHT = 0.25
_UNEVEN = 0.15  # cameras that send a frame twice, and leave another out
_REGULAR = 0.3  # of them: every frame twice


def draw_scene(
    photos: Photos,
    side: int,
    frames: int,
    rng: np.random.Generator,
    styles: tuple[str, ...] = TRAINED,
    cutouts: Cutouts | None = None,
) -> Scene:
    """A scene never seen before.

    Args:
        photos: clean pictures for backgrounds and things.
        side: width and height in pixels.
        frames: length.
        rng: every choice is drawn from it.
        styles: ways of drawing snow to choose from.
        cutouts: people and vehicles to let move, beside drawn ones.
    """
    fps = float(rng.choice([8, 10, 12.5, 15, 20, 25, 25, 30]))
    snow_free = rng.random() < SNOW_FREE
    rain = Rain(side, rng) if snow_free and rng.random() < 0.25 else None
    against_light = rng.random() < _AGAINST_LIGHT
    shown = _shown(frames, rng)
    moments = int(shown[-1]) + 1
    truth, moving = _clean_film(photos, cutouts, side, moments, 25 / fps, rain, rng, bright=against_light)
    if snow_free:
        snowy = truth
    else:
        whole = rng.uniform(*WHOLE_WIDTH)
        snowy, truth = snowed(truth, fps, whole, rng, styles, against_light=against_light)
    same = snowy is truth
    truth, moving = truth[shown], moving[shown]
    snowy = truth if same else snowy[shown]
    snowy, truth = as_a_codec_leaves_it(snowy, truth, fps, rng)
    return Scene(snowy, truth, moving)


def _shown(frames: int, rng: np.random.Generator) -> NDArray[np.intp]:
    """Which moment each frame shows: a camera may send one twice, snow and noise included."""
    if rng.random() >= _UNEVEN:
        return np.arange(frames)
    if rng.random() < _REGULAR:
        return np.arange(frames) // 2
    later = rng.choice(3, frames - 1, p=[0.15, 0.7, 0.15])
    return np.concatenate([[0], np.cumsum(later)])


def _clean_film(
    photos: Photos,
    cutouts: Cutouts | None,
    side: int,
    frames: int,
    interval: float,
    rain: Rain | None,
    rng: np.random.Generator,
    *,
    bright: bool,
) -> tuple[Image, NDArray[np.bool_]]:
    pan = _Pan(rng) if rng.random() < _PANS else None
    margin = _MARGIN if pan is None else _PAN_MARGIN
    photo = np.ascontiguousarray(photos.crop(rng, side + 2 * margin))
    if rng.random() < 0.3:
        write_sign(photo, rng)
    if rng.random() < 0.1:
        lay_snow(photo, rng)
    if bright:
        brighten_sky(photo, rng)
    ground = photo.astype(np.float32)
    movers = _movers(photos, cutouts, side, frames, interval, rng)
    drops = LensDrops(side, rng) if rng.random() < 0.07 else None
    shake = rng.uniform(0.1, 1.2) if rng.random() < 0.12 else 0.0
    drift = rng.uniform(0.005, 0.04) if rng.random() < 0.25 else 0.0
    sway = Sway(side + 2 * margin, rng) if rng.random() < 0.2 else None
    sigma = rng.choice([0.0, rng.uniform(0.3, 2.0), rng.uniform(2.0, 5.0)], p=[0.15, 0.45, 0.4])
    film = np.empty((frames, side, side, 3), np.uint8)
    touched = np.zeros((frames, side, side), np.bool_)
    for t in range(frames):
        view = sway.bend(ground, t) if sway else ground
        dx, dy = rng.normal(0, shake, 2) if shake else (0.0, 0.0)
        if pan is not None:
            dx, dy = dx + pan.at(t * interval)[0], dy + pan.at(t * interval)[1]
            touched[t] = True
        matrix = np.array([[1, 0, dx - margin], [0, 1, dy - margin]], np.float32)
        canvas = np.asarray(
            cv2.warpAffine(view, matrix, (side, side), borderMode=cv2.BORDER_REFLECT), np.float32
        )
        for mover in movers:
            mover.paint(canvas, touched[t], (dx, dy))
            mover.go()
        canvas *= np.float32(1 + drift * np.sin(t / 7.0))
        for extra in (rain, drops):
            if extra is not None:
                extra.paint(canvas)
        if sigma:
            canvas += rng.standard_normal(canvas.shape, dtype=np.float32) * np.float32(sigma)
        film[t] = np.clip(canvas + 0.5, 0, 255)
    return film, _just_moved(film, touched, float(sigma))


def _movers(
    photos: Photos,
    cutouts: Cutouts | None,
    side: int,
    frames: int,
    interval: float,
    rng: np.random.Generator,
) -> list[Mover]:
    """What moves through a scene; before a camera that is far away, all of it is small."""
    tallest = np.exp(rng.uniform(np.log(_FARTHEST), np.log(_NEAREST * side)))
    count = int(rng.choice(7, p=[0.04, 0.1, 0.2, 0.22, 0.2, 0.14, 0.1]))
    if tallest < _CROWDED * side:
        count *= 2
    return [random_mover(photos, cutouts, side, frames, interval, tallest, rng) for _ in range(count)]


class _Pan:
    """A camera that swings to and fro: everything moves, and memory is of no use."""

    def __init__(self, rng: np.random.Generator) -> None:
        self._reach = rng.uniform(0.3, 0.95) * _PAN_MARGIN * np.array([1.0, rng.uniform(0, 0.5)])
        fastest = np.exp(rng.uniform(np.log(0.2), np.log(8.0)))
        self._rate, self._phase = fastest / self._reach[0], rng.uniform(0, 6.3)

    def at(self, time: float) -> NDArray[np.float64]:
        """(x, y) in pixels at `time` in 25ths of a second."""
        place: NDArray[np.float64] = self._reach * np.sin(self._rate * time + self._phase)
        return place


def _just_moved(film: Image, touched: NDArray[np.bool_], sigma: float) -> NDArray[np.bool_]:
    """Touched now or a frame ago, and then unlike the film's median: a parked car does not move."""
    still = np.median(film[:: max(1, len(film) // 7)], axis=0).astype(np.int16)
    changed = np.abs(film - still).max(-1) > 8 + 3 * sigma
    kernel = np.ones((3, 3), np.uint8)
    lately = and_lately(touched & changed)
    return np.stack([cv2.dilate(mask.astype(np.uint8), kernel) > 0 for mask in lately])
