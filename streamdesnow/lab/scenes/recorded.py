"""Training scenes cut from recordings of fixed cameras: things move in them as they do there."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from streamdesnow.config.gate import SnowfallConfig
from streamdesnow.errors import ConfigError, SourceDamaged, StreamDesnowError
from streamdesnow.frame import Image
from streamdesnow.lab.data.motion import StillScene, and_lately
from streamdesnow.lab.scenes.recording import Recording, fit_recordings
from streamdesnow.lab.scenes.scene import Scene
from streamdesnow.lab.scenes.snowed import SNOW_FREE, WHOLE_WIDTH, as_a_codec_leaves_it, snowed
from streamdesnow.restore.gate_meter import SnowMeter
from streamdesnow.snowfall.snow import TRAINED

__all__ = ["Footage", "Recordings", "cut_scene"]

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
"""Moments looked at until something moves, as most of what a camera records is an empty yard."""
_PATIENCE = 8
"""Moments in a row at which a recording may break off before it is left out."""
_WINTER = 30
"""Moments after which one that showed nothing but snow is left out."""
_SURE = 6
"""Frames after which the figure is worth something."""
_SNOWFALL = SnowfallConfig().start
"""Percent of the pixels on which a flake shows."""


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
        paths: video files, and folders of them, folders in these included. Of a folder 100 at most are taken,
            evenly spread, and those that are unfit are passed over.
        side: width and height of the scenes that will be cut out, pixels.
        longest: frames of the longest scene.
        validation: take moments from the end of each recording, which training never sees, as far as it is
            long enough to spare them.

    Raises:
        ConfigError: there are none, or a file, or all of a folder, are too short or too small, or it snows in
            all of them.
        CaptureError: a file, or none of a folder, can be read.
    """

    def __init__(self, paths: Sequence[Path], side: int, longest: int, *, validation: bool = False) -> None:
        self._side, self._validation = side, validation
        self._recordings = [found for path in paths for found in fit_recordings(path, side, longest)]
        self._breaks: Counter[Recording] = Counter()
        self._snows: Counter[Recording] = Counter()
        self._clear: set[Recording] = set()
        # What shows nothing but snow is named now, not after hours.
        self.footage(longest, np.random.default_rng(0))

    def __len__(self) -> int:
        return len(self._recordings)

    def footage(self, frames: int, rng: np.random.Generator) -> Footage:
        """Some moments of a recording, mostly cut out around something that moves.

        Moments in which snow falls are passed over: who learns from them learns to leave it. A recording that
        has shown no others, or cannot be read any more, as it was deleted meanwhile, is left out then.

        Raises:
            SourceDamaged, ConfigError: the last recording cannot be read, or it snows all through it.
        """
        busy = rng.random() < _BUSY
        best: Footage | None = None
        tries = 0
        while best is None or tries < _TRIES:
            tries += 1
            recording = self._choose(rng)
            step = 2 if rng.random() < _SLOWER and recording.frames >= 4 * frames else 1
            first = self._moment(recording, frames * step, rng)
            seen = recording.read(first, frames, step, rng.uniform(*WHOLE_WIDTH), self._side)
            if len(seen) < frames:
                self._broken(recording)
                continue
            if _snows(seen):
                self._snowy(recording)
                continue
            del self._breaks[recording]
            self._clear.add(recording)
            film = np.stack(seen)
            moving = _moving(film)
            best = Footage(film, moving, recording.fps / step, film.shape[2])
            if not busy or moving.mean() > _EMPTY:
                break
        return _cut_out(best, self._side, rng, busy=busy)

    def _choose(self, rng: np.random.Generator) -> Recording:
        """One of them, the longer the likelier."""
        lengths = np.array([recording.frames for recording in self._recordings], float)
        return self._recordings[int(rng.choice(len(lengths), p=lengths / lengths.sum()))]

    def _broken(self, recording: Recording) -> None:
        """Leave out a recording that breaks off again and again."""
        self._breaks[recording] += 1
        if self._breaks[recording] >= _PATIENCE:
            self._leave_out(recording, SourceDamaged, "breaks off")

    def _snowy(self, recording: Recording) -> None:
        """Leave out a recording that has never been seen without snow."""
        self._snows[recording] += 1
        if self._snows[recording] >= _WINTER and recording not in self._clear:
            self._leave_out(recording, ConfigError, "shows falling snow, rain or shaking")

    def _leave_out(self, recording: Recording, error: type[StreamDesnowError], what: str) -> None:
        self._recordings.remove(recording)
        if not self._recordings:
            where = "in the part kept for validation" if self._validation else "wherever training looks"
            raise error(f"{recording.path}: {what} {where}, and no other is left")

    def _moment(self, recording: Recording, frames: int, rng: np.random.Generator) -> int:
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


def _snows(film: Sequence[Image]) -> bool:
    """Whether snow falls, as cameras are watched for it: rain and shaking measure alike."""
    meter = SnowMeter()
    percents = [meter.step(image) for image in film]
    return max(percents[_SURE:], default=0.0) >= _SNOWFALL


def _moving(film: Image) -> NDArray[np.bool_]:
    """What moves or has just moved away, against the median: who stays for most of the film does not."""
    still = StillScene(film[:: max(1, len(film) // _SAMPLES)])
    return and_lately(np.stack([still.moving(image) for image in film]))


def _cut_out(footage: Footage, side: int, rng: np.random.Generator, *, busy: bool) -> Footage:
    top, left = _place(footage.moving, side, rng, busy=busy)
    cut = np.s_[:, top : top + side, left : left + side]
    turn = -1 if rng.random() < 0.5 else 1
    film = np.ascontiguousarray(footage.film[cut][:, :, ::turn])
    moving = np.ascontiguousarray(footage.moving[cut][:, :, ::turn])
    return replace(footage, film=film, moving=moving)


def _place(moving: NDArray[np.bool_], side: int, rng: np.random.Generator, *, busy: bool) -> tuple[int, int]:
    """Top and left of the cut-out; a busy one has something that moves in it, if anything does."""
    lowest, farthest = moving.shape[1] - side, moving.shape[2] - side
    where = np.argwhere(moving[int(rng.integers(len(moving)))]) if busy else np.zeros((0, 2))
    if not len(where):
        return int(rng.integers(lowest + 1)), int(rng.integers(farthest + 1))
    y, x = where[int(rng.integers(len(where)))] - rng.integers(side, size=2)
    return int(np.clip(y, 0, lowest)), int(np.clip(x, 0, farthest))
