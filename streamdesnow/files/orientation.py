"""How a camera was held, as EXIF notes it down in PNG and WebP."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

import numpy as np

from streamdesnow.restore.layout import AnyImage

__all__ = ["noted_orientation", "upright"]

_PNG = b"\x89PNG\r\n\x1a\n"
_RIFF, _WEBP = b"RIFF", b"WEBP"
_ORIENTATION = 0x112


def noted_orientation(data: bytes) -> int:
    """EXIF's orientation (CIPA DC-008 section 4.6.5): 1, as it lies, to 8; 1 if none is noted down.

    Args:
        data: a whole file, PNG (chunk `eXIf`) or WebP (chunk `EXIF`); any other has none.
    """
    for name, content in _chunks(data):
        if name in (b"eXIf", b"EXIF"):
            return _orientation(content.removeprefix(b"Exif\0\0"))
    return 1


def upright(image: AnyImage, orientation: int) -> AnyImage:
    """The picture (H, W) or (H, W, C) as it is to be shown; (W, H) or (W, H, C) from orientation 5 on."""
    if orientation >= 5:
        image = image.swapaxes(0, 1)
    if orientation in (3, 4, 7, 8):
        image = image[::-1]
    if orientation in (2, 3, 6, 7):
        image = image[:, ::-1]
    return np.ascontiguousarray(image)


def _chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    if data.startswith(_PNG):
        at = len(_PNG)
        while at + 8 <= len(data):
            size = int.from_bytes(data[at : at + 4], "big")
            yield data[at + 4 : at + 8], data[at + 8 : at + 8 + size]
            at += 12 + size  # a checksum follows
    elif data[:4] == _RIFF and data[8:12] == _WEBP:
        at = 12
        while at + 8 <= len(data):
            size = int.from_bytes(data[at + 4 : at + 8], "little")
            yield data[at : at + 4], data[at + 8 : at + 8 + size]
            at += 8 + size + size % 2


def _orientation(exif: bytes) -> int:
    order: Literal["little", "big"] = "little" if exif[:2] == b"II" else "big"

    def number(at: int, size: int) -> int:
        return int.from_bytes(exif[at : at + size], order)

    first = number(4, 4) + 2
    for entry in range(first, min(first + 12 * number(first - 2, 2), len(exif)), 12):
        if number(entry, 2) == _ORIENTATION:
            noted = number(entry + 8, 2)
            return noted if 1 <= noted <= 8 else 1
    return 1
