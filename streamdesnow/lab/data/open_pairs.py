"""Finds out what kind of pairs a path holds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from pathlib import Path

from streamdesnow.capture.kinds import FILM_SUFFIXES, IMAGE_SUFFIXES
from streamdesnow.config.camera import SimulatedConfig
from streamdesnow.errors import ConfigError, SourceNotFound
from streamdesnow.lab.data.clear_films import ClearClip, ClearFilm, ClearStreet
from streamdesnow.lab.data.datasets import LOOKED_FOR, Dataset
from streamdesnow.lab.data.drawn_snow import DrawnSnow
from streamdesnow.lab.data.pairs import ClipPair, Pairs
from streamdesnow.lab.data.photos import find_photos
from streamdesnow.lab.data.still_pairs import DrawnStills, StillPairs

__all__ = ["SnowChoice", "open_pairs"]

_STREET = "street"
_FOLDER_NAMES = (("snowy", "truth"), ("input", "target"))


@dataclass(frozen=True, slots=True)
class SnowChoice:
    """Snow that is drawn where a clip has none.

    Attributes:
        levels, styles: as for `make_snow`; every combination is scored.
        width: scale clips to this width; None to keep their size.
        frames: at most this many of each clip.
        seed: of the snow.
        psnr: bring every film's input to so many dB, whatever its scene is like; None: typical days.
    """

    levels: tuple[str, ...]
    styles: tuple[str, ...]
    width: int | None
    frames: int | None
    seed: int
    psnr: float | None = None


def open_pairs(source: str, truth: Path | None, snow: SnowChoice) -> Iterator[Pairs]:
    """The pairs of a source, once for each kind of snow that is to be drawn.

    Args:
        source: `street` for the simulated camera; a folder that `streamdesnow simulate` wrote; a folder with
            folders `snowy` and `truth` of pictures; a set in the layout of Snow100K, CSD or SRRS, each test
            part apart; a snow-free clip or folder of photographs; or, with `truth`, a snowy clip, picture or
            folder of pictures.
        truth: the same clip or folder without snow.
        snow: what to draw over a snow-free clip or the street.

    Raises:
        SourceNotFound: there is nothing there.
        ConfigError: the folder holds no pairs, a clip is to be compared with a folder, or what is no film
            without snow is to be brought to a PSNR, or no snow comes to it.
    """
    if source == _STREET and truth is None:
        yield from _drawn(_street(snow), snow)
        return
    path = Path(source)
    for needed in (path, truth):
        if needed is not None and not needed.exists():
            raise SourceNotFound(f"{needed}: no such file or folder")
    if snow.psnr is not None and (truth is not None or path.is_dir()):
        raise ConfigError(f"{source}: only a film without snow can be brought to {snow.psnr:g} dB")
    if truth is not None:
        yield _given(path, truth, snow.frames)
    elif path.is_dir():
        yield from _folder(path, snow)
    else:
        yield from _drawn(ClearClip(path, snow.width, snow.frames), snow)


def _drawn(film: ClearFilm, snow: SnowChoice) -> Iterator[Pairs]:
    for level, style in product(snow.levels, snow.styles):
        yield DrawnSnow(film, style, level, snow.seed, snow.psnr)


def _street(snow: SnowChoice) -> ClearFilm:
    width = snow.width or 960
    size = (width, max(16, round(width * 9 / 16 / 2) * 2))
    duration = (snow.frames or 250) / 25
    return ClearStreet(SimulatedConfig(snow="none", size=size, seed=snow.seed, duration=duration))


def _given(snowy: Path, truth: Path, frames: int | None) -> Pairs:
    if snowy.is_dir() != truth.is_dir():
        raise ConfigError(f"{snowy} and {truth}: compare two clips or two folders of pictures")
    if snowy.is_dir() or snowy.suffix.lower() in IMAGE_SUFFIXES:
        return StillPairs(snowy, truth, frames)
    return ClipPair(snowy, truth, limit=frames)


def _folder(folder: Path, snow: SnowChoice) -> Iterator[Pairs]:
    films = (path for path in sorted(folder.iterdir()) if path.suffix.lower() in FILM_SUFFIXES)
    clips = {path.stem: path for path in films if path.is_file()}
    if "snowy" in clips and "truth" in clips:
        yield ClipPair(clips["snowy"], clips["truth"], clips.get("moving"), snow.frames)
        return
    for snowy, truth in _FOLDER_NAMES:
        if (folder / snowy).is_dir() and (folder / truth).is_dir():
            yield StillPairs(folder / snowy, folder / truth, snow.frames)
            return
    try:
        parts = Dataset(folder).chosen("test")
    except ConfigError:
        yield from _photos(folder, snow)
        return
    for part in parts:
        yield StillPairs(part.snowy, part.truth, snow.frames, part.name)


def _photos(folder: Path, snow: SnowChoice) -> Iterator[Pairs]:
    if not find_photos(folder):
        raise ConfigError(
            f"{folder}: holds no pairs; expected snowy.mkv and truth.mkv, or folders snowy and truth of "
            "pictures with the same names (name another truth with --truth), or photographs to draw snow "
            f"over; {LOOKED_FOR}"
        )
    for level, style in product(snow.levels, snow.styles):
        yield DrawnStills(folder, style, level, snow.width, snow.frames, snow.seed)
