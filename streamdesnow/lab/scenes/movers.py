"""Things that move through training scenes, with their shadows: their courses and how they are painted."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from streamdesnow.lab.data.photos import Photos
from streamdesnow.lab.scenes.cutouts import Cutouts
from streamdesnow.lab.scenes.exposure import smear
from streamdesnow.lab.scenes.looks import Look, random_look

__all__ = ["SMALLEST", "Mover", "random_mover"]

SMALLEST = 10.0
"""Height in pixels below which nothing that moves is drawn."""

_ANY_WAY = 0.45
"""Of what moves. Were all of it to go sideways, a network would take what goes down for snow."""

Floats = NDArray[np.float32]


@dataclass(slots=True)
class _Path:
    """Where the thing is: keeps its course, stops and starts, comes nearer or goes away.

    Attributes:
        pace: 0 while it stands, 1 while it goes.
        unsteady: by how much its speed changes from frame to frame, as a share of it.
        hurry: its speed now, as a share of what is usual for it.
    """

    x: float
    y: float
    vx: float
    vy: float
    growth: float
    scale: float
    pace: float
    pauses: bool
    unsteady: float
    hurry: float = 1.0

    def step(self, rng: np.random.Generator) -> None:
        if self.pauses and rng.random() < 0.06:
            self.pace = 0.0 if self.pace > 0.5 else 1.0
        self.hurry += 0.3 * (1 - self.hurry) + self.unsteady * rng.normal()
        way = self.pace * self.hurry
        self.x += self.vx * way
        self.y += self.vy * way
        self.scale *= 1 + self.growth * way


class Mover:
    """One moving thing: `paint` draws it at its place, `go` moves it on."""

    def __init__(
        self,
        look: Look,
        path: _Path,
        shadow: float,
        shift: tuple[float, float],
        exposure: float,
        rng: np.random.Generator,
    ) -> None:
        self._look, self._path, self._shadow, self._shift, self._rng = look, path, shadow, shift, rng
        self._exposure = exposure
        self._lean = float(rng.choice([-0.5, 0.5]))
        self._offset = (0.0, 0.0)
        self._time = int(rng.integers(1000))

    def paint(
        self, canvas: Floats, touched: NDArray[np.bool_], offset: tuple[float, float] = (0.0, 0.0)
    ) -> None:
        """Draw into `canvas`, float32 (H, W, 3) BGR 0..255, and mark `touched` bool (H, W), both in place.

        Args:
            canvas, touched: changed.
            offset: right and down, how far the camera has turned the picture, in pixels.
        """
        self._offset = offset
        sprite, alpha = self._look.draw(self._time)
        if self._shadow > 0:
            dark = self._place(alpha, canvas.shape, squash=0.35, shift=self._shift)
            dark = np.asarray(cv2.GaussianBlur(dark, (0, 0), 1.5), np.float32)
            canvas *= 1 - self._shadow * dark[..., None]
            touched |= dark * self._shadow > 0.04
        cover = self._place(alpha, canvas.shape)
        # By its cover before it is moved: beyond a sprite's edge there is no colour to mix with.
        colour = self._place(sprite * alpha[..., None], canvas.shape)
        path = self._path
        way = self._exposure * path.pace * path.hurry
        layer = smear(np.dstack([colour, cover]), way * path.vx, way * path.vy)
        canvas *= 1 - layer[..., 3:]
        canvas += layer[..., :3]
        touched |= layer[..., 3] > 0.04

    def go(self) -> None:
        """To where it is a frame later."""
        self._time += round(self._path.pace)
        self._path.step(self._rng)

    def _place(
        self, image: Floats, shape: tuple[int, ...], squash: float = 1.0, shift: tuple[float, float] = (0, 0)
    ) -> Floats:
        p, (h, w) = self._path, image.shape[:2]
        scale = p.scale
        foot = p.y + h * scale / 2
        # A shadow leans from the feet, where it begins.
        shear = (1 - squash) * self._lean * scale
        matrix = np.array(
            [
                [scale, shear, p.x - w * scale / 2 + shift[0] * w * scale - shear * h + self._offset[0]],
                [0, scale * squash, foot - h * scale * squash + shift[1] * h * scale + self._offset[1]],
            ],
            np.float32,
        )
        placed = cv2.warpAffine(image, matrix, (shape[1], shape[0]), flags=cv2.INTER_LINEAR)
        return np.asarray(placed, np.float32)


def _heading(rng: np.random.Generator) -> NDArray[np.float64]:
    """(right, down), of length 1 or less: mostly along the ground; before cameras that look down, any way."""
    if rng.random() < _ANY_WAY:
        angle = rng.uniform(0, 2 * np.pi)
        return np.array([np.cos(angle), np.sin(angle)])
    angle = rng.choice([0.0, np.pi]) + rng.normal(0, 0.35)
    return np.array([np.cos(angle), 0.6 * np.sin(angle)])


def random_mover(
    photos: Photos,
    cutouts: Cutouts | None,
    side: int,
    frames: int,
    interval: float,
    tallest: float,
    rng: np.random.Generator,
) -> Mover:
    """A thing that crosses, enters, stops or starts in a square scene of `side` pixels in `frames` frames.

    Args:
        photos, cutouts: what it may look like.
        side, frames: of the scene.
        interval: time between frames in 25ths of a second; at a low rate things leap.
        tallest: height in pixels of the tallest that this camera sees, more than `SMALLEST`. What is small
            is far away and slow.
        rng: every choice is drawn from it.
    """
    height = int(np.exp(rng.uniform(np.log(SMALLEST), np.log(tallest))))
    look, speed = random_look(photos, cutouts, height, interval, rng)
    speed *= interval
    vx, vy = speed * _heading(rng)
    meet = rng.uniform(0.0, 1.0) * frames
    x, y = rng.uniform(0.1, 0.9, 2) * side
    path = _Path(
        x=x - vx * meet,
        y=y - vy * meet,
        vx=vx,
        vy=vy,
        growth=rng.normal(0, 0.002),
        scale=1.0,
        pace=float(rng.random() > 0.15),
        pauses=bool(rng.random() < 0.4),
        unsteady=float(rng.choice([0.0, rng.uniform(0.0, 0.25)])),
    )
    shadow = rng.uniform(0.1, 0.6) if rng.random() < 0.6 else 0.0
    exposure = float(rng.choice([0.0, rng.uniform(0.0, 0.6)]))
    return Mover(look, path, shadow, (rng.uniform(-0.3, 0.3), rng.uniform(-0.1, 0.1)), exposure, rng)
