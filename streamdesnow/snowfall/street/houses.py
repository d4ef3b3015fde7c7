"""The two rows of houses, put into perspective."""

from __future__ import annotations

import cv2
import numpy as np

from streamdesnow.snowfall.street.facades import House, Shop, paint_front
from streamdesnow.snowfall.street.layout import FACADES, FACADES_LEFT
from streamdesnow.snowfall.street.palette import SNOW, haze_over, in_haze, shaded
from streamdesnow.snowfall.street.sheet import Colour, Pixels
from streamdesnow.snowfall.street.view import Floats, View

__all__ = ["paint_houses"]

_WALLS: tuple[Colour, ...] = (
    (112, 134, 150),
    (82, 96, 132),
    (138, 142, 142),
    (104, 122, 122),
    (126, 118, 108),
    (96, 128, 152),
)
_SHOPS = (
    Shop("CAFE NORD", (64, 44, 32), (206, 226, 236), (62, 52, 150)),
    Shop("BAKERY", (40, 62, 96), (180, 220, 240), (60, 104, 60)),
    Shop("BOOKS & MAPS", (44, 74, 40), (214, 222, 222), (128, 84, 40)),
)
_STOREYS = (2, 3, 2, 4, 3, 2, 3, 3, 2, 4, 3, 3)
_END = 150.0


def _row(rng: np.random.Generator, start: float, shops: tuple[Shop, ...]) -> list[House]:
    houses: list[House] = []
    first = int(rng.integers(len(_WALLS)))
    while start < _END:
        number = len(houses)
        width = float(rng.uniform(9.5, 12.5))
        shop = shops[number // 2] if number % 2 == 0 and number // 2 < len(shops) else None
        colour = _WALLS[(first + number) % len(_WALLS)]
        houses.append(House(start, width, _STOREYS[number % len(_STOREYS)], colour, number % 3 == 1, shop))
        start += width
    return houses


def paint_houses(image: Floats, view: View, rng: np.random.Generator) -> None:
    """Paint both rows onto `image`, float32 BGR (H, W, 3), far houses first."""
    first = int(rng.integers(len(_SHOPS)))
    right = _row(rng, 13.5, _SHOPS[first:] + _SHOPS[:first])
    left = _row(rng, 8.0, ())
    for house, own in zip(reversed(left), rng.spawn(len(left)), strict=True):
        _stand(image, view, house, FACADES_LEFT, own)
    for house, own in zip(reversed(right), rng.spawn(len(right)), strict=True):
        _gable(image, view, house, own)
        _stand(image, view, house, FACADES, own)


def _stand(image: Floats, view: View, house: House, x: float, rng: np.random.Generator) -> None:
    near, far = house.start, house.start + house.width
    # Seen from the road, the right-hand row runs from right (near) to left (far).
    ends = (far, near) if x > 0 else (near, far)
    corners = np.array(
        [(x, ends[0], house.height), (x, ends[1], house.height), (x, ends[1], 0), (x, ends[0], 0)], np.float32
    )
    target = view.project(corners)
    front = paint_front(house, min(1.5 * view.scale(x, near), 90.0), rng)
    front = _resized_for(front, target)
    height, width = front.shape[:2]
    source = np.array([(0, 0), (width, 0), (width, height), (0, height)], np.float32)
    _warp(image, view, front, source, target, corners)


def _resized_for(front: Pixels, target: Floats) -> Pixels:
    """Shrink a front to about the width it will have, which warping alone would do with aliasing."""
    wide = np.linalg.norm(target[0] - target[1]) * 1.2
    tall = max(np.linalg.norm(target[1] - target[2]), np.linalg.norm(target[0] - target[3])) * 1.0
    height, width = front.shape[:2]
    size = (max(2, min(width, round(float(wide)))), max(2, min(height, round(float(tall)))))
    return np.asarray(cv2.resize(front, size, interpolation=cv2.INTER_AREA), np.uint8)


def _warp(image: Floats, view: View, front: Pixels, source: Floats, target: Floats, corners: Floats) -> None:
    transform = cv2.getPerspectiveTransform(source, target)
    size = (view.width, view.height)
    warped = cv2.warpPerspective(front, transform, size, flags=cv2.INTER_LINEAR)
    cover = np.zeros((view.height, view.width), np.uint8)
    fixed = np.round((np.clip(target, -20000, 20000) - 0.5) * 16).astype(np.int32)
    cv2.fillPoly(cover, [fixed], 255.0, cv2.LINE_AA, 4)
    columns = np.flatnonzero(cover.any(axis=0))
    if not len(columns):
        return
    part = slice(int(columns[0]), int(columns[-1]) + 1)
    # Depth along a wall, column by column: 1/depth is linear in the picture.
    inverse = 1.0 / view.depth(corners[:2])
    spread = np.interp(np.arange(view.width), *_ordered(target[:2, 0], inverse))[part]
    hazed = haze_over(warped[:, part].astype(np.float32), (1.0 / spread).astype(np.float32)[None])
    share = (cover[:, part].astype(np.float32) / 255)[..., None]
    image[:, part] += (hazed - image[:, part]) * share


def _ordered(columns: Floats, values: Floats) -> tuple[Floats, Floats]:
    order = np.argsort(columns)
    return columns[order], values[order]


def _gable(image: Floats, view: View, house: House, rng: np.random.Generator) -> None:
    """The side wall that a house shows above a lower neighbour, and its chimney."""
    back, depth = FACADES + 9.0, view.scale(FACADES, house.start)
    corners = [(FACADES, house.height), (back, house.height), (back, 0.0), (FACADES, 0.0)]
    distance = view.focal / depth
    _quad(image, view, house.start, corners, in_haze(shaded(house.colour, 0.72), distance))
    cap = [
        (FACADES, house.height),
        (FACADES, house.height + 0.15),
        (back, house.height + 0.15),
        (back, house.height),
    ]
    _quad(image, view, house.start, cap, in_haze(SNOW, distance))
    across, up = FACADES + float(rng.uniform(1.5, 3.0)), house.height
    chimney = [(across, up), (across, up + 1.5), (across + 0.9, up + 1.5), (across + 0.9, up)]
    _quad(image, view, house.start + 2.0, chimney, in_haze((72, 80, 104), distance))
    snow = [
        (across - 0.1, up + 1.5),
        (across - 0.1, up + 1.65),
        (across + 1.0, up + 1.65),
        (across + 1.0, up + 1.5),
    ]
    _quad(image, view, house.start + 2.0, snow, in_haze(SNOW, distance))


def _quad(image: Floats, view: View, y: float, corners: list[tuple[float, float]], colour: Colour) -> None:
    points = view.project(np.array([(x, y, z) for x, z in corners], np.float32))
    fixed = np.round((np.clip(points, -20000, 20000) - 0.5) * 16).astype(np.int32)
    cv2.fillPoly(image, [fixed], colour, cv2.LINE_8, 4)
