"""Training scenes cut from recordings of fixed cameras: things move in them as they do there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from streamdesnow.capture.av_reader import AvReader
from streamdesnow.errors import ConfigError, SourceDamaged
from streamdesnow.frame import Image
from streamdesnow.lab.data.motion import StillScene
from streamdesnow.lab.scenes.scene import Scene
from streamdesnow.lab.scenes.snowed import SNOW_FREE, WHOLE_WIDTH, as_a_codec_leaves_it, snowed
from streamdesnow.snowfall.snow import TRAINED

__all__ = ["Footage", "Recordings", "cut_scene"]

_SUFFIXES = {".mp4", ".mkv", ".avi", ".mov", ".webm", ".ts", ".gif"}
_VALIDATION = 0.15
"""Share of every recording, at its end, that is kept for validation."""
_SLOWER = 0.3
"""Share of scenes of cameras that send half as many frames, where the recording is long enough."""
_BUSY = 0.8
"""Share of scenes that are cut out around something that moves."""
_EMPTY = 0.0005
"""Share of the pixels that move where nobody is."""
_SAMPLES = 9
"""Frames whose median tells what stands still for the length of a scene."""
_TRIES = 4
"""Moments looked at until something moves: most of what a camera records is an empty yard."""


@dataclass(frozen=True, slots=True)
class _Recording:
    path: Path
    fps: float
    frames: int


@dataclass(frozen=True, slots=True, eq=False)
class Footage:
    """A part of a recording.

    Attributes:
        film: uint8 (T, S, S, 3) BGR.
        moving: bool (T, S, S), where something moves or has just moved away.
        fps: frames a second.
        whole: pixels across the whole frame that the film is cut out of.
    """

    film: Image
    moving: NDArray[np.bool_]
    fps: float
    whole: int


class Recordings:
    """Recordings without snow, of cameras that do not move.

    Args:
        paths: video files, and folders whose video files are all taken, also from folders in them.
        side: width and height of the scenes that will be cut out, pixels.
        longest: frames of the longest scene.
        validation: take moments from the end of each recording, which training never sees, as far as it is
            long enough to spare them.

    Raises:
        ConfigError: there are none, or one is too short or too small; the message says which.
        CaptureError: one cannot be read.
    """

    def __init__(self, paths: Sequence[Path], side: int, longest: int, *, validation: bool = False) -> None:
        self._side, self._validation = side, validation
        self._recordings = [_measured(path, side, longest) for path in _files(paths)]
        self._shares = np.array([r.frames for r in self._recordings], float)
        self._shares /= self._shares.sum()

    def __len__(self) -> int:
        return len(self._recordings)

    def footage(self, frames: int, rng: np.random.Generator) -> Footage:
        """Some moments of a recording, mostly cut out around something that moves.

        Raises:
            SourceDamaged: the recording breaks off wherever it is looked at.
        """
        recording = self._recordings[int(rng.choice(len(self._recordings), p=self._shares))]
        step = 2 if rng.random() < _SLOWER and recording.frames >= 4 * frames else 1
        busy = rng.random() < _BUSY
        width = rng.uniform(*WHOLE_WIDTH)
        film = moving = None
        for _ in range(_TRIES):
            first = self._moment(recording, frames * step, rng)
            seen = _read(recording, first, frames, step, width, self._side)
            if len(seen) == frames:  # else it cannot be decoded there
                film = np.stack(seen)
                moving = _moving(film)
                if not busy or moving.mean() > _EMPTY:
                    break
        if film is None or moving is None:
            raise SourceDamaged(f"{recording.path}: breaks off wherever training looks; leave it out")
        top, left = _place(moving, self._side, rng, busy=busy)
        cut = np.s_[:, top : top + self._side, left : left + self._side]
        turn = -1 if rng.random() < 0.5 else 1
        film, moving, whole = film[cut][:, :, ::turn], moving[cut][:, :, ::turn], film.shape[2]
        return Footage(np.ascontiguousarray(film), np.ascontiguousarray(moving), recording.fps / step, whole)

    def _moment(self, recording: _Recording, frames: int, rng: np.random.Generator) -> int:
        """The first frame of a stretch of so many."""
        last = recording.frames - frames
        spared = max(0, min(last, round(recording.frames * (1 - _VALIDATION))))
        if self._validation:
            return int(rng.integers(spared, last + 1))
        return int(rng.integers(0, max(1, spared - frames + 1)))


def cut_scene(
    recordings: Recordings, frames: int, rng: np.random.Generator, styles: tuple[str, ...] = TRAINED
) -> Scene:
    """A scene of a recording with snow drawn over it; arguments as for `draw_scene`."""
    footage = recordings.footage(frames, rng)
    snowy = truth = footage.film
    if rng.random() >= SNOW_FREE:
        snowy, truth = snowed(truth, footage.fps, footage.whole, rng, styles)
    snowy, truth = as_a_codec_leaves_it(snowy, truth, footage.fps, rng)
    return Scene(snowy, truth, footage.moving)


def _files(paths: Sequence[Path]) -> list[Path]:
    files: list[Path] = []
    for path in paths:
        if not path.exists():
            raise ConfigError(f"{path}: no such file or folder; name recordings without snow with --clips")
        found = (
            sorted(p for p in path.rglob("*") if p.suffix.lower() in _SUFFIXES) if path.is_dir() else [path]
        )
        if not found:
            raise ConfigError(f"{path}: no video files there (looked for {', '.join(sorted(_SUFFIXES))})")
        files += found
    return files


def _measured(path: Path, side: int, longest: int) -> _Recording:
    with AvReader.for_file(path) as reader:
        first = reader.read()
        fps = float(reader.info.fps or 25)
        frames = reader.frame_count
        if frames is None:
            frames = 1 + sum(1 for _ in reader)
        reader.skip_to(0.0)  # says here, not in a process that draws, that it cannot
    assert first is not None  # else it would have been damaged
    height, width = first.image.shape[:2]
    if min(height, width) < side:
        raise ConfigError(f"{path}: {width}x{height} is too small to cut scenes of {side}x{side} from")
    if frames < longest:
        raise ConfigError(
            f"{path}: too short, {frames} frames; the recipe cuts streams of up to {longest} (`length`)"
        )
    return _Recording(path, fps, frames)


def _read(recording: _Recording, first: int, frames: int, step: int, width: float, side: int) -> list[Image]:
    """Frames from a moment on, one in `step`, scaled down to about `width`: fewer where it breaks off."""
    taken: list[Image] = []
    try:
        with AvReader.for_file(recording.path) as reader:
            reader.skip_to(first / recording.fps)
            for decoded in islice(reader, 0, (frames - 1) * step + 1, step):
                taken.append(_scaled(decoded.image, width, side))
    except SourceDamaged:
        pass  # what has come until then is what there is
    return taken


def _scaled(image: Image, width: float, side: int) -> Image:
    scale = max(width / image.shape[1], side / min(image.shape[:2]))
    if scale >= 1:
        return image.copy()
    size = tuple(max(side, round(n * scale)) for n in image.shape[1::-1])
    return np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), np.uint8)


def _moving(film: Image) -> NDArray[np.bool_]:
    """What moves or has just moved away, against the median: who stays for most of the film does not."""
    still = StillScene(film[:: max(1, len(film) // _SAMPLES)])
    now = np.stack([still.moving(image) for image in film])
    lately = now.copy()
    # What it has just left looks as ever: there a ghost would stay.
    lately[1:] |= now[:-1]
    return lately


def _place(moving: NDArray[np.bool_], side: int, rng: np.random.Generator, *, busy: bool) -> tuple[int, int]:
    """Top and left of the cut-out; a busy one has something that moves in it, if anything does."""
    lowest, farthest = moving.shape[1] - side, moving.shape[2] - side
    where = np.argwhere(moving[int(rng.integers(len(moving)))]) if busy else np.zeros((0, 2))
    if not len(where):
        return int(rng.integers(lowest + 1)), int(rng.integers(farthest + 1))
    y, x = where[int(rng.integers(len(where)))] - rng.integers(side, size=2)
    return int(np.clip(y, 0, lowest)), int(np.clip(x, 0, farthest))
