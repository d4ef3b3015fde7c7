"""Single pictures with their truth: pairs as they are, or snow drawn over clean photographs."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np

from streamdesnow.capture.images_reader import load_image
from streamdesnow.errors import ConfigError, SourceDamaged
from streamdesnow.frame import Image
from streamdesnow.lab.data.datasets import matched
from streamdesnow.lab.data.pairs import Pair
from streamdesnow.lab.data.photos import find_photos
from streamdesnow.snowfall.snow import make_snow

__all__ = ["DrawnStills", "StillPairs"]


class StillPairs:
    """Two folders of pictures with the same names, such as Snow100K's `synthetic` and `gt`; or two pictures.

    Raises:
        ConfigError: a picture has no partner, or there is none at all.
    """

    video = False

    def __init__(self, snowy: Path, truth: Path, limit: int | None = None, name: str | None = None) -> None:
        if snowy.is_file():
            self.name, self._paths = snowy.stem, [(snowy, truth)]
            return
        self.name = name or snowy.parent.name or snowy.name
        self._paths = matched(snowy, truth)[:limit]

    def __iter__(self) -> Iterator[Pair]:
        for snowy, truth in self._paths:
            pair = Pair(load_image(snowy), load_image(truth), None, snowy.name)
            if pair.snowy.shape != pair.truth.shape:
                raise SourceDamaged(f"{snowy}: differs in size from its truth {truth}")
            yield pair


class DrawnStills:
    """Clean photographs with snow drawn over each, always the same.

    Args:
        folder: of photographs, searched with its folders.
        style, level: as for `make_snow`.
        width: shrink wider pictures to this width; None to keep their size.
        limit: at most this many pictures.
        seed: of the snow.

    Raises:
        ConfigError: there is no such style or level, or no picture.
    """

    video = False

    def __init__(
        self, folder: Path, style: str, level: str, width: int | None, limit: int | None, seed: int
    ) -> None:
        self.name = f"{folder.name} {level} {style}"
        self._paths = find_photos(folder)[:limit]
        self._style, self._level, self._width, self._seed = style, level, width, seed
        if not self._paths:
            raise ConfigError(f"{folder}: holds no pictures")
        try:
            make_snow(style, level, 64, 64)
        except ValueError as error:
            raise ConfigError(str(error)) from error

    def __iter__(self) -> Iterator[Pair]:
        for path in self._paths:
            truth = _narrowed(load_image(path), self._width)
            height, width = truth.shape[:2]
            # By its name, so that a picture gets the same snow in every selection of pictures.
            seed = (self._seed * 1_000_003 + zlib.crc32(path.name.encode())) % 2**31
            snow = make_snow(self._style, self._level, width, height, seed=seed)
            yield Pair(snow.next().over(truth), truth, None, path.name)


def _narrowed(image: Image, width: int | None) -> Image:
    if width is None or image.shape[1] <= width:
        return image
    height = max(1, round(image.shape[0] * width / image.shape[1]))
    return np.asarray(cv2.resize(image, (width, height), interpolation=cv2.INTER_AREA), np.uint8)
