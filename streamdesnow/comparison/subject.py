"""What is looked at before and after cleaning: photographs, a clip, the drawn street."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Protocol

from streamdesnow.capture.av_reader import AvReader
from streamdesnow.capture.images_reader import find_images, load_image
from streamdesnow.config.camera import SimulatedConfig
from streamdesnow.errors import SourceNotFound
from streamdesnow.frame import Image
from streamdesnow.snowfall.film import SimulatedFilm

__all__ = ["ClipSubject", "PhotoSubject", "Shot", "StreetSubject", "Subject", "photos_in"]


@dataclass(frozen=True, slots=True, eq=False)
class Shot:
    """One snowy picture.

    Attributes:
        image: uint8 (H, W, 3) BGR.
        pts, time_base: when, as in `Frame`.
        truth: the same without snow; None where nobody knows.
    """

    image: Image
    pts: int = 0
    time_base: Fraction = Fraction(1, 25)
    truth: Image | None = None


class Subject(Protocol):
    """Snowy pictures that belong together.

    Attributes:
        name: for files.
        title: for people.
        film: frames of one camera in order of time, rather than one photograph.
        frames: how many, None if that is not known.
    """

    name: str
    title: str
    film: bool
    frames: int | None

    def __iter__(self) -> Iterator[Shot]: ...


class PhotoSubject:
    """A photograph."""

    film = False

    def __init__(self, path: Path) -> None:
        self.name, self.title = path.stem, path.stem.replace("_", " ")
        self.frames: int | None = 1
        self._path = path

    def __iter__(self) -> Iterator[Shot]:
        yield Shot(load_image(self._path))


class ClipSubject:
    """A snowy video file, its first `seconds`.

    Raises:
        SourceNotFound: there is no such file.
    """

    film = True

    def __init__(self, path: Path, seconds: float) -> None:
        if not path.is_file():
            raise SourceNotFound(f"{path}: no such file")
        self.name, self.title = path.stem, path.stem.replace("_", " ")
        self._path, self._seconds = path, seconds
        with AvReader.for_file(path) as reader:
            frames = round(seconds * float(reader.info.fps or 25))
            self.frames: int | None = min(frames, reader.frame_count or frames)

    def __iter__(self) -> Iterator[Shot]:
        with AvReader.for_file(self._path) as reader:
            start: int | None = None
            for frame in reader:
                start = frame.pts if start is None else start
                if float((frame.pts - start) * frame.time_base) >= self._seconds:
                    return
                yield Shot(frame.image, frame.pts - start, frame.time_base)


class StreetSubject:
    """The drawn street under heavy snow, whose truth is known."""

    film = True
    name = "street"
    title = "drawn street, heavy snow"

    def __init__(self, seconds: float, size: tuple[int, int]) -> None:
        settings = {"duration": seconds, "size": size, "snow": "heavy"}
        self._film = SimulatedFilm(SimulatedConfig.model_validate(settings))
        self.frames: int | None = self._film.frames

    def __iter__(self) -> Iterator[Shot]:
        for index in range(self.frames or 0):
            yield Shot(self._film.snowy(index), index, self._film.time_base, self._film.truth(index))


def photos_in(folder: Path) -> list[Subject]:
    """The photographs of a folder, in the order of their names.

    Raises:
        SourceNotFound: there is no such folder, or no picture in it.
    """
    if not folder.is_dir():
        raise SourceNotFound(f"{folder}: no such folder")
    paths = find_images(str(folder))
    if not paths:
        raise SourceNotFound(f"{folder}: no pictures here")
    return [PhotoSubject(path) for path in paths]
