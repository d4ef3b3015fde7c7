"""Cutting a frame into overlapping tiles, and painting the cleaned tiles so that no seam shows.

Within `margin` pixels of its inner borders a tile is wrong, for the network would have looked beyond them.
Tiles overlap by two margins and a ramp over which one gives way to the next, so the result is that of the
whole frame if the margin is the network's receptive field, and free of seams even if it sees further. Only
a network that normalises over all it is given, as `paper` does, answers a tile a few levels differently.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from streamdesnow.frame import Image

__all__ = ["Tile", "TilePlan", "plan_tiles"]

_RAMP = 32
"""Pixels over which a tile gives way to its neighbour."""


@dataclass(frozen=True, slots=True)
class Tile:
    """Upper left corner of a tile in the frame, in pixels."""

    x: int
    y: int


@dataclass(frozen=True, slots=True)
class TilePlan:
    """How frames of one size are cut.

    Attributes:
        size: (width, height) of the frame.
        tile: (width, height) of every tile.
        tiles: row by row; a single one covers frames that are not cut.
        margin: pixels at a tile's inner borders that are not used.
    """

    size: tuple[int, int]
    tile: tuple[int, int]
    tiles: tuple[Tile, ...]
    margin: int

    def cut(self, image: Image) -> list[Image]:
        """The tiles of a frame: views, not copies."""
        width, height = self.tile
        return [image[tile.y : tile.y + height, tile.x : tile.x + width] for tile in self.tiles]

    def paint(self, images: Sequence[Image]) -> Image:
        """The frame made of cleaned tiles, in the order of `tiles`."""
        if len(images) == 1:
            return images[0]
        width, height = self.size
        frame = np.empty((height, width, 3), np.uint8)
        columns = len({tile.x for tile in self.tiles})
        for first in range(0, len(self.tiles), columns):
            row = slice(first, first + columns)
            strip = np.empty((self.tile[1], width, 3), np.uint8)
            for tile, image in zip(self.tiles[row], images[row], strict=True):
                _paint(strip[:, tile.x : tile.x + self.tile[0]], image, self._ramp(tile.x, self.tile[0]))
            top = self.tiles[first].y
            _paint(frame[top : top + self.tile[1]], strip, self._ramp(top, self.tile[1])[:, None])
        return frame

    def _ramp(self, start: int, length: int) -> NDArray[np.float32]:
        """Weight of a tile's rows or columns over what was painted before it."""
        if start == 0:
            return np.ones((length, 1), np.float32)
        ramp = (np.arange(length, dtype=np.float32) - self.margin + 1) / (_RAMP + 1)
        return np.clip(ramp, 0, 1)[:, None].astype(np.float32)


def _paint(place: Image, image: Image, weight: NDArray[np.float32]) -> None:
    mixed = place + weight * (image.astype(np.float32) - place)
    place[...] = np.where(weight == 1, image, np.rint(mixed))


def plan_tiles(size: tuple[int, int], side: int | None, *, margin: int, multiple: int) -> TilePlan:
    """Tiles for frames of one size.

    Args:
        size: (width, height), multiples of `multiple`.
        side: longest side of a tile; raised to where half of a tile is its own. None: do not cut.
        margin: pixels at inner borders of a tile that are not to be used: the receptive field.
        multiple: what sides and corners of tiles are multiples of.
    """
    if side is None:
        return TilePlan(size, size, (Tile(0, 0),), margin)
    overlap = -(-(2 * margin + _RAMP) // multiple) * multiple
    longest = max(side // multiple * multiple, 2 * overlap)
    width, height = (min(length, longest) for length in size)
    tiles = tuple(
        Tile(x, y)
        for y in _starts(size[1], height, height - overlap)
        for x in _starts(size[0], width, width - overlap)
    )
    return TilePlan(size, (width, height), tiles, margin)


def _starts(length: int, tile: int, step: int) -> Iterable[int]:
    if tile == length:
        return (0,)
    return (*range(0, length - tile, step), length - tile)
