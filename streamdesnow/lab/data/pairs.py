"""What methods are scored on: snowy frames with their truth."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice, zip_longest
from pathlib import Path
from typing import Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

from streamdesnow.capture.av_reader import AvReader
from streamdesnow.config.camera import SimulatedConfig
from streamdesnow.errors import ConfigError, SourceDamaged
from streamdesnow.frame import Image
from streamdesnow.lab.data.motion import StillScene
from streamdesnow.snowfall.film import SimulatedFilm
from streamdesnow.snowfall.snow import make_snow

__all__ = ["ClipPair", "DrawnSnow", "Pair", "Pairs", "SimulatedStreet"]


@dataclass(frozen=True, slots=True, eq=False)
class Pair:
    """One picture with and without snow.

    Attributes:
        snowy, truth: uint8 (H, W, 3) BGR.
        moving: bool (H, W), where something moves; None for stills.
        name: of the picture, for tables; empty for frames.
    """

    snowy: Image
    truth: Image
    moving: NDArray[np.bool_] | None
    name: str = ""


class Pairs(Protocol):
    """Pairs to score on; may be gone through more than once, always the same."""

    @property
    def name(self) -> str:
        """For tables and files."""
        ...

    @property
    def video(self) -> bool:
        """True: frames of one fixed camera in order of time. False: unrelated pictures."""
        ...

    def __iter__(self) -> Iterator[Pair]: ...


class ClipPair:
    """A snowy clip, the same clip without snow and, if there is one, the clip of what moves (white)."""

    video = True

    def __init__(
        self, snowy: Path, truth: Path, moving: Path | None = None, limit: int | None = None
    ) -> None:
        self.name = snowy.parent.name if snowy.stem == "snowy" else snowy.stem
        self._snowy, self._truth, self._moving, self._limit = snowy, truth, moving, limit
        self._scene: StillScene | None = None

    def __iter__(self) -> Iterator[Pair]:
        if self._moving is None and self._scene is None:
            self._scene = StillScene(_frames(self._truth, self._limit))
        masks = _frames(self._moving, self._limit) if self._moving else iter(())
        clips = zip_longest(_frames(self._snowy, self._limit), _frames(self._truth, self._limit), masks)
        for number, (snowy, truth, mask) in enumerate(clips):
            if snowy is None or truth is None or (mask is None and self._moving is not None):
                raise SourceDamaged(f"{self._snowy} and {self._truth}: one of them ends at frame {number}")
            if snowy.shape != truth.shape:
                raise SourceDamaged(f"{self._snowy} and {self._truth}: differ in size at frame {number}")
            moving = self._scene.moving(truth) if self._scene else np.asarray(mask[..., 0] > 127, np.bool_)
            yield Pair(snowy, truth, moving)


class DrawnSnow:
    """A snow-free clip with snow drawn over it.

    Args:
        clip: video of a fixed camera without snow.
        style, level: as for `make_snow`.
        width: scale the clip to this width; None to keep its size.
        limit: at most this many frames.
        seed: of the snow.

    Raises:
        ConfigError: there is no such style or level.
    """

    video = True

    def __init__(
        self, clip: Path, style: str, level: str, width: int | None, limit: int | None, seed: int
    ) -> None:
        self.name = f"{clip.stem} {level} {style}"
        self._clip, self._style, self._level = clip, style, level
        self._width, self._limit, self._seed = width, limit, seed
        self._scene: StillScene | None = None
        try:
            make_snow(style, level, 64, 64, 25.0, seed)
        except ValueError as error:
            raise ConfigError(str(error)) from error

    def __iter__(self) -> Iterator[Pair]:
        if self._scene is None:
            self._scene = StillScene(_frames(self._clip, self._limit, self._width))
        with AvReader.for_file(self._clip) as reader:
            fps = float(reader.info.fps or 25)
        snow = None
        for truth in _frames(self._clip, self._limit, self._width):
            if snow is None:
                height, width = truth.shape[:2]
                snow = make_snow(self._style, self._level, width, height, fps, self._seed)
            yield Pair(snow.next().over(truth), truth, self._scene.moving(truth))


class SimulatedStreet:
    """The simulated camera, whose moving pixels are known exactly."""

    video = True

    def __init__(self, config: SimulatedConfig) -> None:
        self.name = f"street {config.snow} {config.style}"
        self._config = config

    def __iter__(self) -> Iterator[Pair]:
        film = SimulatedFilm(self._config)
        for index in range(film.frames or 250):
            yield Pair(film.snowy(index), film.truth(index), film.moving(index))


def _frames(path: Path, limit: int | None, width: int | None = None) -> Iterator[Image]:
    with AvReader.for_file(path) as reader:
        for frame in islice(reader, limit):
            yield frame.image if width is None else _scaled(frame.image, width)


def _scaled(image: Image, width: int) -> Image:
    height = max(2, round(image.shape[0] * width / image.shape[1] / 2) * 2)
    return np.asarray(cv2.resize(image, (width, height), interpolation=cv2.INTER_AREA), np.uint8)
