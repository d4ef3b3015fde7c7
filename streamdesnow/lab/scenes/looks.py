"""How things that move through training scenes look: walkers, vehicles, lights, cut-outs and cuttings."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from streamdesnow.lab.data.photos import Photos
from streamdesnow.lab.scenes.bending import Bending
from streamdesnow.lab.scenes.cutouts import Cutouts

__all__ = ["Look", "random_look"]

Floats = NDArray[np.float32]
_SHIFT = 4
_WALKING = 0.8  # of the people and animals in photographs: the others are pulled along as they are
_PALE = 0.12  # of what moves is as white as snow, and no flake


class Look:
    """How a thing looks at a time step: float32 sprite (h, w, 3) 0..255 and alpha (h, w) 0..1."""

    def __init__(self, sprite: Floats, alpha: Floats) -> None:
        self._sprite, self._alpha = sprite, alpha

    def draw(self, time: int) -> tuple[Floats, Floats]:
        """The same at all times."""
        return self._sprite, self._alpha


class _Pale(Look):
    """Another look, as white as a delivery van: only a faint share of its contrast is left."""

    def __init__(self, look: Look, rng: np.random.Generator) -> None:
        self._look = look
        self._kept, self._level = np.float32(rng.uniform(0.1, 0.5)), np.float32(rng.uniform(215, 255))

    def draw(self, time: int) -> tuple[Floats, Floats]:
        """The other look at this time step, lifted."""
        sprite, alpha = self._look.draw(time)
        return np.clip(self._level + self._kept * (sprite - np.float32(200)), 0, 255), alpha


class _Walking(Look):
    """A picture of someone that bends as it walks."""

    def __init__(self, look: Look, interval: float, rng: np.random.Generator) -> None:
        sprite, alpha = (_with_room(image) for image in look.draw(0))
        self._picture = np.dstack([sprite, alpha])
        self._bending = Bending(alpha.shape[:2], _gait(interval, rng), rng)

    def draw(self, time: int) -> tuple[Floats, Floats]:
        """The picture at this time step."""
        picture = self._bending.bend(self._picture, time)
        return picture[..., :3], picture[..., 3]


def _with_room(image: Floats) -> Floats:
    """With a fifth of its width more on both sides, for legs to swing into; nothing is opaque there."""
    room = image.shape[1] // 5
    border = cv2.BORDER_REPLICATE if image.ndim == 3 else cv2.BORDER_CONSTANT
    return np.asarray(cv2.copyMakeBorder(image, 0, 0, room, room, border), np.float32)


def _gait(interval: float, rng: np.random.Generator) -> float:
    """Radians of a stride in a frame."""
    return float(rng.uniform(0.2, 0.5)) * interval


class _Walker(Look):
    """A figure of limbs whose legs and arms swing."""

    def __init__(self, height: int, interval: float, rng: np.random.Generator) -> None:
        self._height = height
        self._coat, self._legs, self._skin = (_clothes(rng) for _ in range(3))
        self._details = [
            (
                int(rng.integers(6)),
                rng.uniform(0.03, 0.1),
                np.float32(rng.uniform(150, 255)) * np.ones(3, np.float32),
            )
            for _ in range(int(rng.integers(0, 5)))
        ]
        self._gait = _gait(interval, rng)
        self._lean = rng.normal(0, 0.03)
        self._thin = rng.uniform(0.7, 1.2)
        noise = rng.normal(0, rng.uniform(2, 14), (height, height, 1)).astype(np.float32)
        self._grain = np.asarray(cv2.GaussianBlur(noise, (0, 0), 1.0), np.float32)[..., None]

    def draw(self, time: int) -> tuple[Floats, Floats]:
        """The stride at this time step."""
        h = self._height
        sprite = np.zeros((h, h, 3), np.float32)
        solid = np.zeros((h, h), np.float32)
        alpha = np.zeros((h, h), np.uint8)
        swing = 0.5 * np.sin(self._gait * time)
        middle, hip, neck = 0.5 * h, 0.52 * h, 0.2 * h
        knee = 0.25 * h
        parts: list[tuple[tuple[float, float], tuple[float, float], float, Floats]] = []
        for side in (1, -1):
            k = (middle + side * swing * knee, hip + knee * 0.95)
            foot = (k[0] + side * swing * knee * 0.6 - 0.04 * h * (side * swing < 0), 0.97 * h)
            parts += [((middle, hip), k, 0.09, self._legs), (k, foot, 0.07, self._legs)]
        for side in (1, -1):
            hand = (middle - side * swing * 0.3 * h, 0.5 * h)
            parts.append(((middle, neck + 0.06 * h), hand, 0.06, self._coat * np.float32(0.9)))
        parts.append(((middle, neck + 0.07 * h), (middle + self._lean * h, hip), 0.17, self._coat))
        parts.append(((middle, 0.1 * h), (middle, 0.12 * h), 0.12, self._skin))
        # Pale shoes, hands, a paper, a badge: small and bright, and no flakes.
        places = (parts[1][1], parts[3][1], parts[4][1], parts[5][1], (middle, 0.35 * h), (middle, 0.6 * h))
        parts += [(places[n], places[n], size, colour) for n, size, colour in self._details]
        for start, end, thickness, colour in parts:
            wide = max(1, round(thickness * self._thin * h))
            for target, value in ((sprite, [float(c) for c in colour]), (solid, 1.0), (alpha, 255)):
                cv2.line(target, _fixed(start), _fixed(end), value, wide, cv2.LINE_AA, _SHIFT)
        # Limbs are drawn on black, and their cover reaches beyond them: colours have to.
        near = np.asarray(cv2.GaussianBlur(solid, (0, 0), 2.0), np.float32)[..., None]
        around = np.asarray(cv2.GaussianBlur(sprite, (0, 0), 2.0), np.float32) / np.maximum(near, 1e-3)
        sprite += (1 - solid[..., None]) * around
        soft = np.asarray(cv2.GaussianBlur(alpha.astype(np.float32) / 255, (0, 0), 0.6), np.float32)
        return np.clip(sprite + self._grain, 0, 255), soft


def _fixed(point: tuple[float, float]) -> tuple[int, int]:
    return round(point[0] * (1 << _SHIFT)), round(point[1] * (1 << _SHIFT))


def _clothes(rng: np.random.Generator) -> Floats:
    """Often dark, often light: a white van must not be taken for a flake."""
    value = rng.choice([rng.uniform(5, 60), rng.uniform(60, 160), rng.uniform(160, 250)], p=[0.45, 0.2, 0.35])
    colour: Floats = np.clip(value + rng.normal(0, 15, 3), 0, 255).astype(np.float32)
    return colour


def _vehicle(length: int, rng: np.random.Generator) -> Look:
    """A body, a cabin with windows, wheels, lights."""
    h = max(8, round(length * rng.uniform(0.35, 0.55)))
    paint, glass = _clothes(rng), np.array([50, 45, 40], np.float32) * rng.uniform(0.3, 2)
    sprite = np.empty((h, length, 3), np.float32)
    sprite[:] = paint * np.linspace(1.15, 0.75, h, dtype=np.float32)[:, None, None]
    alpha = np.zeros((h, length), np.uint8)
    belt = round(h * rng.uniform(0.35, 0.5))
    front, back = rng.uniform(0.1, 0.3, 2) * length
    roof = np.array([[front, belt], [front * 1.5, 0], [length - back * 1.5, 0], [length - back, belt]])
    cv2.fillConvexPoly(alpha, np.rint(roof).astype(np.int32), 255, cv2.LINE_AA)
    cv2.rectangle(alpha, (0, belt), (length, round(h * 0.88)), 255, -1)
    panes = np.array([length / 2, belt * 0.9]) + (roof - np.array([length / 2, belt])) * 0.8
    cv2.fillConvexPoly(sprite, np.rint(panes).astype(np.int32), [float(c) for c in glass], cv2.LINE_AA)
    for x in (0.2, 0.8):
        centre, radius = (round(length * x), round(h * 0.83)), max(1, round(h * 0.17))
        cv2.circle(alpha, centre, radius, 255, -1, cv2.LINE_AA)
        cv2.circle(sprite, centre, radius, (18.0, 18.0, 18.0), -1, cv2.LINE_AA)
    if rng.random() < 0.5:
        for x, colour in ((0.02, (40.0, 40.0, 220.0)), (0.98, (230.0, 250.0, 255.0))):
            cv2.circle(sprite, (round(length * x), round(h * 0.6)), max(1, h // 9), colour, -1, cv2.LINE_AA)
    for _ in range(int(rng.integers(0, 5))):  # plates, handles, reflections
        spot = (round(length * rng.uniform(0.1, 0.9)), round(h * rng.uniform(0.1, 0.8)))
        end = (spot[0] + int(rng.integers(0, length // 6 + 1)), spot[1])
        bright = (float(rng.uniform(150, 255)),) * 3
        cv2.line(sprite, spot, end, bright, max(1, round(h * rng.uniform(0.02, 0.08))), cv2.LINE_AA)
    sprite += cv2.GaussianBlur(rng.normal(0, 10, (h, length, 3)).astype(np.float32), (0, 0), 1.2)
    soft = np.asarray(cv2.GaussianBlur(alpha.astype(np.float32) / 255, (0, 0), 0.7), np.float32)
    return Look(np.clip(sprite, 0, 255), soft)


def _cutting(photos: Photos, side: int, rng: np.random.Generator) -> Look:
    """A piece of another photograph with a smooth random outline."""
    sprite = photos.crop(rng, side, (0.3, 1.0)).astype(np.float32)
    angle = np.linspace(0, 2 * np.pi, 24, endpoint=False)
    reach = 0.34 + 0.1 * np.sin(angle * 2 + rng.uniform(0, 6)) + 0.05 * np.sin(angle * 3 + rng.uniform(0, 6))
    squash = rng.uniform(0.35, 1.0, 2)
    outline = side / 2 + side * reach[:, None] * np.stack([np.cos(angle), np.sin(angle)], -1) * squash
    alpha = np.zeros((side, side), np.uint8)
    cv2.fillPoly(alpha, [np.rint(outline * (1 << _SHIFT)).astype(np.int32)], 255, cv2.LINE_AA, _SHIFT)
    soft = np.asarray(cv2.GaussianBlur(alpha.astype(np.float32) / 255, (0, 0), 0.8), np.float32)
    return Look(sprite, soft)


def _lights(size: int, rng: np.random.Generator) -> Look:
    """A pair of headlights with their glow, seen from the front."""
    sprite = np.empty((size, 2 * size, 3), np.float32)
    sprite[:] = np.array([235, 250, 255]) - np.array([90, 40, 0]) * rng.uniform(0, 1)
    y, x = np.mgrid[0:size, 0 : 2 * size].astype(np.float32) / size
    alpha = np.zeros((size, 2 * size), np.float32)
    for middle in (0.5, 1.5):
        away = np.square(x - middle) + np.square(y - 0.5)
        alpha += np.exp(-away / 0.006) + 0.35 * np.exp(-away / 0.03)
    return Look(sprite, np.minimum(alpha, 1).astype(np.float32))


def _cut_out(
    cutouts: Cutouts | None, height: int, interval: float, rng: np.random.Generator
) -> tuple[Look, bool] | None:
    """A real person, vehicle or animal at that height, and whether it walks."""
    found = cutouts.choose(rng, height) if cutouts is not None else None
    if found is None:
        return None
    scale = height / found.alpha.shape[0]
    sprite, alpha = (
        np.asarray(cv2.resize(a, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), np.float32)
        for a in (found.sprite, found.alpha)
    )
    if rng.random() < 0.5:
        sprite, alpha = sprite[:, ::-1].copy(), alpha[:, ::-1].copy()
    look = Look(_lit(sprite, alpha, rng), alpha)
    walks = found.legged and rng.random() < _WALKING
    return _Walking(look, interval, rng) if walks else look, found.legged


def _lit(sprite: Floats, alpha: Floats, rng: np.random.Generator) -> Floats:
    """In another light: photographs of streets are darker than what many cameras make of them."""
    brightest = float(np.percentile(sprite[alpha > 0.5], 90)) if (alpha > 0.5).any() else 255.0
    lifted = rng.uniform(90, 250) / max(brightest, 20.0)
    gain = np.clip(lifted, 0.5, 3.0) if rng.random() < 0.5 else rng.uniform(0.5, 1.15)
    return np.asarray(np.clip(sprite * np.float32(gain), 0, 255), np.float32)


def random_look(
    photos: Photos, cutouts: Cutouts | None, height: int, interval: float, rng: np.random.Generator
) -> tuple[Look, float]:
    """What it looks like, and its speed in pixels in a 25th of a second.

    `height` is in pixels, `interval` the time between frames in 25ths of a second.
    """
    look, speed = _any_look(photos, cutouts, height, interval, rng)
    return (_Pale(look, rng) if rng.random() < _PALE else look), speed


def _any_look(
    photos: Photos, cutouts: Cutouts | None, height: int, interval: float, rng: np.random.Generator
) -> tuple[Look, float]:
    walks, rolls = (height * rng.uniform(0.002, 0.06), height * rng.uniform(0.01, 0.3))
    kind = rng.choice(["cutout", "walker", "vehicle", "cutting", "lights"], p=[0.5, 0.14, 0.16, 0.17, 0.03])
    if kind == "cutout":
        found = _cut_out(cutouts, height, interval, rng)
        if found is not None:
            return found[0], walks if found[1] else rolls
    if kind == "vehicle":
        return _vehicle(max(round(height * 1.4), 16), rng), rolls
    if kind == "cutting":
        return _cutting(photos, max(height, 12), rng), height * rng.uniform(0.002, 0.2)
    if kind == "lights":
        return _lights(max(height // 2, 12), rng), walks
    return _Walker(max(height, 14), interval, rng), walks
