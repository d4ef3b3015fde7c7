"""Time drawn into frames, readable after H.264: a row of black and white cells along the upper edge."""

from __future__ import annotations

import time

import numpy as np

from streamdesnow.frame import Image

__all__ = ["HEIGHT", "draw_stamp", "read_stamp", "seconds_since", "ticks_at", "ticks_now"]

HEIGHT = 16
"""Pixels: two rows of blocks as H.264 codes them."""

_TICKS = 10_000
"""A second: a tenth of a millisecond each; the count starts over after 28 minutes."""
_BITS, _CHECK = 24, 8
_CELLS = _BITS + _CHECK


def ticks_now() -> int:
    """The machine's monotonic clock, which all its processes share."""
    return ticks_at(time.monotonic())


def ticks_at(monotonic: float) -> int:
    """A moment of that clock as a stamp."""
    return int(monotonic * _TICKS) % (1 << _BITS)


def seconds_since(ticks: int, monotonic: float) -> float:
    """From a stamp to a moment of the monotonic clock, in seconds; negative if that is earlier."""
    wrap = 1 << _BITS
    passed = (monotonic * _TICKS - ticks) % wrap
    return (passed if passed < wrap / 2 else passed - wrap) / _TICKS


def draw_stamp(image: Image, ticks: int) -> None:
    """Draw 24 bits of time and 8 of their check into the upper edge, in place; 320 pixels wide at least."""
    word = ticks << _CHECK | _check(ticks)
    bits = [word >> place & 1 for place in range(_CELLS)]
    width = image.shape[1] // _CELLS
    row = np.repeat(np.where(np.array(bits) == 1, 235, 20).astype(np.uint8), width)
    image[:HEIGHT] = 20
    image[:HEIGHT, : row.size] = row[None, :, None]


def read_stamp(image: Image) -> int | None:
    """The time that was drawn; None if the cells do not agree with their check."""
    width = image.shape[1] // _CELLS
    strip = image[4 : HEIGHT - 4, : width * _CELLS].mean(axis=(0, 2)).reshape(_CELLS, width)
    cells = strip[:, width // 4 : -(width // 4) or None].mean(axis=1)
    word = sum(1 << place for place, cell in enumerate(cells) if cell > 128)
    ticks = word >> _CHECK
    return ticks if word & ((1 << _CHECK) - 1) == _check(ticks) else None


def _check(ticks: int) -> int:
    return (sum(ticks.to_bytes(4, "big")) * 31 ^ 0xA5) & ((1 << _CHECK) - 1)
