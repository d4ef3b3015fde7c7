"""Films of fixed cameras in which nothing falls."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

from streamdesnow.capture.av_reader import AvReader
from streamdesnow.config.camera import SimulatedConfig
from streamdesnow.frame import Image
from streamdesnow.lab.data.motion import StillScene
from streamdesnow.snowfall.film import SimulatedFilm

__all__ = ["ClearClip", "ClearFilm", "ClearStreet", "frames_of"]

ClearFrame = tuple[Image, NDArray[np.bool_]]
"""A picture, uint8 (H, W, 3) BGR, and where something moves in it, bool (H, W)."""


class ClearFilm(Protocol):
    """May be gone through more than once, always the same."""

    @property
    def name(self) -> str:
        """For tables and files."""
        ...

    @property
    def fps(self) -> float:
        """Frames a second."""
        ...

    def __iter__(self) -> Iterator[ClearFrame]: ...


class ClearClip:
    """A video file; what moves in it is what differs from its median.

    Args:
        path: of the file.
        width: scale it to this width; None to keep its size.
        limit: at most this many frames.
    """

    def __init__(self, path: Path, width: int | None, limit: int | None) -> None:
        self.name = path.stem
        self._path, self._width, self._limit = path, width, limit
        self._scene: StillScene | None = None

    @property
    def fps(self) -> float:
        """As the file says; 25 where it does not.

        Raises:
            CaptureError: the file cannot be read.
        """
        with AvReader.for_file(self._path) as reader:
            return float(reader.info.fps or 25)

    def __iter__(self) -> Iterator[ClearFrame]:
        if self._scene is None:
            self._scene = StillScene(frames_of(self._path, self._limit, self._width))
        for image in frames_of(self._path, self._limit, self._width):
            yield image, self._scene.moving(image)


class ClearStreet:
    """The simulated camera, of which it is known what moves.

    Args:
        config: of the camera; its snow is left out.
    """

    name = "street"

    def __init__(self, config: SimulatedConfig) -> None:
        self.fps = config.fps
        self._film = SimulatedFilm(config)

    def __iter__(self) -> Iterator[ClearFrame]:
        for index in range(self._film.frames or 250):
            yield self._film.truth(index), self._film.moving(index)


def frames_of(path: Path, limit: int | None, width: int | None = None) -> Iterator[Image]:
    """The pictures of a video file, uint8 (H, W, 3) BGR.

    Args:
        path: of the file.
        limit: at most this many.
        width: scale them to this width and an even height; None to keep their size.

    Raises:
        CaptureError: the file cannot be read.
    """
    with AvReader.for_file(path) as reader:
        for frame in islice(reader, limit):
            yield frame.image if width is None else _scaled(frame.image, width)


def _scaled(image: Image, width: int) -> Image:
    height = max(2, round(image.shape[0] * width / image.shape[1] / 2) * 2)
    return np.asarray(cv2.resize(image, (width, height), interpolation=cv2.INTER_AREA), np.uint8)
