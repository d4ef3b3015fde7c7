"""House fronts: windows dark and lit, shops with signs, sills and cornices with snow."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from streamdesnow.snowfall.street.palette import SNOW, WINDOW, shaded
from streamdesnow.snowfall.street.sheet import Colour, Pixels
from streamdesnow.snowfall.street.wall import Wall

__all__ = ["House", "Shop", "paint_front"]

_FRAME: Colour = (168, 170, 172)
_GLASS_LOW: Colour = (66, 58, 52)
_GLASS_HIGH: Colour = (128, 114, 104)
_STOREY = 3.1
_GROUND_FLOOR = 4.2


@dataclass(frozen=True, slots=True)
class Shop:
    """What the ground floor holds: a name on a board, and the awning's colour."""

    name: str
    board: Colour
    letters: Colour
    awning: Colour


@dataclass(frozen=True, slots=True)
class House:
    """A house in a row.

    Attributes:
        start, width: along the street, metres.
        storeys: above the ground floor.
        colour: of the wall.
        brick: bricks instead of plaster.
        shop: what the ground floor holds; None for flats.
    """

    start: float
    width: float
    storeys: int
    colour: Colour
    brick: bool = False
    shop: Shop | None = None

    @property
    def height(self) -> float:
        """Metres up to the eaves."""
        return _GROUND_FLOOR + self.storeys * _STOREY + 0.7


def paint_front(house: House, resolution: float, rng: np.random.Generator) -> Pixels:
    """The front of a house seen straight on, uint8 BGR, `resolution` pixels a metre."""
    # Grain takes as many random numbers as there are pixels; the look of the house must not depend on it.
    grain, rng = rng.spawn(2)
    wall = Wall(house.width, house.height, resolution)
    if house.brick:
        wall.bricks(house.colour, grain)
    else:
        wall.plaster(house.colour, grain)
    columns = max(2, round(house.width / 2.6))
    pitch = house.width / columns
    for storey in range(house.storeys):
        low = _GROUND_FLOOR + storey * _STOREY + 0.75
        for column in range(columns):
            _window(wall, (column + 0.5) * pitch, low, lit=bool(rng.random() < 0.34), rng=rng)
    wall.box(0, _GROUND_FLOOR - 0.05, house.width, _GROUND_FLOOR + 0.2, shaded(house.colour, 1.22))
    wall.box(0, _GROUND_FLOOR + 0.2, house.width, _GROUND_FLOOR + 0.27, SNOW)
    if house.shop is None:
        _flats(wall, house, columns, rng)
    else:
        _shop(wall, house.shop, shaded(house.colour, 0.8), rng)
    _cornice(wall, house)
    return wall.pixels


def _window(wall: Wall, middle: float, low: float, lit: bool, rng: np.random.Generator) -> None:
    left, right, high = middle - 0.55, middle + 0.55, low + 1.65
    wall.box(left - 0.14, low - 0.08, right + 0.14, high + 0.16, shaded(_FRAME, 1.06), 0.8)
    wall.box(left, low, right, high, shaded(_FRAME, 0.55))
    if lit:
        warm = shaded(WINDOW, float(rng.uniform(0.8, 1.05)))
        wall.fade(left, low, right, high, shaded(warm, 0.72), warm)
        for side in (left, right - 0.2):
            wall.box(side, low, side + 0.2, high, shaded(warm, 0.62), 0.8)
    else:
        wall.fade(left, low, right, high, _GLASS_LOW, _GLASS_HIGH)
        if rng.random() < 0.5:
            wall.box(left, high - float(rng.uniform(0.3, 0.9)), right, high, (150, 150, 152), 0.55)
    for bar in (left, middle - 0.035, right - 0.07):
        wall.box(bar, low, bar + 0.07, high, _FRAME)
    for bar in (low, high - 0.5, high - 0.07):
        wall.box(left, bar, right, bar + 0.07, _FRAME)
    wall.box(left - 0.14, low - 0.16, right + 0.14, low - 0.06, shaded(_FRAME, 0.8))
    wall.box(left - 0.12, low - 0.06, right + 0.12, low + 0.03, SNOW)


def _flats(wall: Wall, house: House, columns: int, rng: np.random.Generator) -> None:
    wall.box(0, 0, house.width, 0.9, shaded(house.colour, 0.6), 0.8)
    pitch = house.width / columns
    door = int(rng.integers(columns))
    for column in range(columns):
        middle = (column + 0.5) * pitch
        if column != door:
            _window(wall, middle, 1.35, lit=bool(rng.random() < 0.3), rng=rng)
            continue
        wall.box(middle - 0.8, 0, middle + 0.8, 2.95, shaded(house.colour, 1.15))
        wall.box(middle - 0.6, 0.1, middle + 0.6, 2.35, (44, 52, 66))
        wall.fade(middle - 0.6, 2.4, middle + 0.6, 2.8, shaded(WINDOW, 0.8), WINDOW)
        wall.box(middle - 0.02, 0.1, middle + 0.02, 2.35, (24, 28, 36))


def _shop(wall: Wall, shop: Shop, pillar: Colour, rng: np.random.Generator) -> None:
    width = wall.width
    wall.box(0, 0, width, _GROUND_FLOOR - 0.1, pillar)
    wall.box(0, 0, width, 0.45, shaded(pillar, 0.7))
    door = width * 0.68
    for left, right in ((0.5, door - 0.25), (door + 1.35, width - 0.5)):
        if right - left > 0.6:
            _display(wall, left, right, rng)
    wall.box(door - 0.05, 0.05, door + 1.15, 2.75, (52, 48, 46))
    wall.fade(door + 0.1, 0.5, door + 1.0, 2.6, shaded(WINDOW, 0.6), shaded(WINDOW, 0.95))
    wall.box(0.3, 3.05, width - 0.3, 3.95, shop.board)
    wall.box(0.3, 3.95, width - 0.3, 4.03, SNOW)
    wall.text(shop.name, 0.7, 3.24, width - 0.7, 3.78, shop.letters)
    stripes = max(4, round((width - 0.8) / 0.5))
    pitch = (width - 0.8) / stripes
    for stripe in range(stripes):
        colour = shop.awning if stripe % 2 else (206, 206, 208)
        left = 0.4 + stripe * pitch
        wall.fade(left, 2.62, left + pitch, 3.05, shaded(colour, 0.72), shaded(colour, 0.95))
        scallop = [(left, 2.64), (left + pitch, 2.64), (left + 0.75 * pitch, 2.5), (left + 0.25 * pitch, 2.5)]
        wall.outline(scallop, shaded(colour, 0.68))


def _display(wall: Wall, left: float, right: float, rng: np.random.Generator) -> None:
    wall.box(left - 0.08, 0.55, right + 0.08, 2.7, (46, 44, 44))
    wall.fade(left, 0.65, right, 2.62, shaded(WINDOW, 0.72), shaded(WINDOW, 1.06))
    across = left + 0.15
    while across < right - 0.35:
        size = float(rng.uniform(0.22, 0.5))
        goods: Colour = tuple(rng.uniform(40, 150, 3).tolist())
        wall.box(across, 0.7, across + size, 0.7 + float(rng.uniform(0.25, 0.9)), goods, 0.75)
        across += size + float(rng.uniform(0.05, 0.3))
    wall.box(left, 1.7, right, 1.74, shaded(WINDOW, 0.5))
    for bar in np.arange(left, right, 1.6)[1:]:
        wall.box(float(bar), 0.65, float(bar) + 0.06, 2.62, (46, 44, 44))


def _cornice(wall: Wall, house: House) -> None:
    wall.box(0, house.height - 0.5, house.width, house.height - 0.12, shaded(house.colour, 1.18))
    wall.box(0, house.height - 0.56, house.width, house.height - 0.5, shaded(house.colour, 0.6))
    wall.box(0, house.height - 0.16, house.width, house.height, SNOW)
    wall.box(0.06, 0, 0.16, house.height - 0.5, (70, 70, 72))
