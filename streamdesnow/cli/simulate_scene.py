"""What snow can be drawn over: the simulated street, a video, a photograph."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

from streamdesnow.capture.av_reader import AvReader
from streamdesnow.capture.images_reader import load_image
from streamdesnow.capture.kinds import IMAGE_SUFFIXES
from streamdesnow.frame import Image
from streamdesnow.snowfall.street import Street

__all__ = ["PhotoScene", "Scene", "Shot", "StreetScene", "VideoScene", "background_scene"]


@dataclass(frozen=True, slots=True, eq=False)
class Shot:
    """A snow-free frame.

    Attributes:
        truth: uint8 (H, W, 3) BGR.
        pts: time stamp in units of the scene's time base.
        moving: bool (H, W), where something moves; None if that is not known.
    """

    truth: Image
    pts: int
    moving: NDArray[np.bool_] | None = None


class Scene(Protocol):
    """Snow-free frames in order.

    Attributes:
        name: for the settings file.
        fps: frames per second, which snow falls by.
        time_base: seconds per unit of pts.
        frames: how many there will be, None if that is not known.
    """

    name: str
    fps: float
    time_base: Fraction
    frames: int | None

    def __iter__(self) -> Iterator[Shot]: ...


class StreetScene:
    """The simulated street."""

    name = "simulated street"

    def __init__(self, size: tuple[int, int], fps: float, seconds: float, seed: int) -> None:
        self.fps = fps
        self.time_base = 1 / Fraction(fps).limit_denominator(1001)
        self.frames: int | None = max(1, round(seconds * fps))
        self._street = Street(*size, fps, seed)

    def __iter__(self) -> Iterator[Shot]:
        for index in range(self.frames or 0):
            yield Shot(self._street.draw(index), index, self._street.moving(index))


class VideoScene:
    """A snow-free video, with its own time stamps; `seconds` 0 takes all of it."""

    def __init__(self, path: Path, size: tuple[int, int] | None, seconds: float) -> None:
        self.name = path.name
        self._path, self._size, self._seconds = path, size, seconds
        with AvReader.for_file(path) as reader:
            first = reader.read()
            self.fps = float(reader.info.fps or 25)
            self.frames = reader.frame_count
            self.time_base = first.time_base if first is not None else Fraction(1, 25)
        if seconds and self.frames is not None:
            self.frames = min(self.frames, round(seconds * self.fps))

    def __iter__(self) -> Iterator[Shot]:
        with AvReader.for_file(self._path) as reader:
            start: int | None = None
            for frame in reader:
                start = frame.pts if start is None else start
                # Half a frame's grace: 0.2 s of 25 fps are 5 frames, whatever the rounding.
                shown = float((frame.pts - start) * frame.time_base) + 0.5 / self.fps
                if self._seconds and shown > self._seconds:
                    return
                yield Shot(_fitted(frame.image, self._size), frame.pts)


class PhotoScene:
    """A photograph in which nothing moves."""

    def __init__(self, path: Path, size: tuple[int, int] | None, fps: float, seconds: float) -> None:
        self.name = path.name
        self.fps = fps
        self.time_base = 1 / Fraction(fps).limit_denominator(1001)
        self.frames: int | None = max(1, round(seconds * fps))
        self._image = _fitted(load_image(path), size)

    def __iter__(self) -> Iterator[Shot]:
        nothing = np.zeros(self._image.shape[:2], np.bool_)
        for index in range(self.frames or 0):
            yield Shot(self._image, index, nothing)


def background_scene(path: Path, size: tuple[int, int] | None, fps: float, seconds: float | None) -> Scene:
    """The scene of a user's own picture or video; `seconds` None: all of a video, 10 s of a picture.

    Raises:
        CaptureError: it cannot be read.
    """
    if path.suffix.lower() in IMAGE_SUFFIXES:
        return PhotoScene(path, size, fps, 10.0 if seconds is None else seconds)
    return VideoScene(path, size, seconds or 0.0)


def _fitted(image: Image, size: tuple[int, int] | None) -> Image:
    if size is None or (image.shape[1], image.shape[0]) == size:
        return image
    return np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), np.uint8)
