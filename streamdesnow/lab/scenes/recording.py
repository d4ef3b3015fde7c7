"""Recordings on disk that scenes can be cut from."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import cv2
import numpy as np

from streamdesnow.capture.av_reader import AvReader
from streamdesnow.capture.kinds import FILM_SUFFIXES
from streamdesnow.errors import CaptureError, ConfigError, StreamDesnowError
from streamdesnow.frame import Image

__all__ = ["Recording", "fit_recordings"]

_MOST = 100
"""Recordings of a folder that are taken, evenly spread: names of recordings go with time."""


@dataclass(frozen=True, slots=True)
class Recording:
    """One file.

    Attributes:
        path: of the file.
        fps: frames a second.
        frames: how many there are, about.
    """

    path: Path
    fps: float
    frames: int

    def read(self, first: int, frames: int, step: int, width: float, side: int) -> list[Image]:
        """Frames from a moment on: fewer where the recording breaks off.

        Args:
            first: number of the first.
            frames: how many.
            step: one in so many.
            width: they are scaled down to about so many pixels across, but
            side: to no fewer than this in height and width.

        Returns:
            uint8 (H, W, 3) BGR each.
        """
        taken: list[Image] = []
        try:
            with AvReader.for_file(self.path) as reader:
                reader.skip_to(first / self.fps)
                for decoded in islice(reader, 0, (frames - 1) * step + 1, step):
                    taken.append(_scaled(decoded.image, width, side))
        except CaptureError:
            pass  # what has come until then is what there is
        return taken


def fit_recordings(path: Path, side: int, longest: int) -> list[Recording]:
    """The recording, or those of a folder that are fit: a folder may hold the beginnings of others.

    Args:
        path: a file or a folder, folders in it included.
        side: least height and width, pixels.
        longest: least number of frames.

    Raises:
        ConfigError: there is none, or a file, or all of a folder, are too short or too small.
        CaptureError: a file, or none of a folder, can be read.
    """
    if not path.exists():
        raise ConfigError(f"{path}: no such file or folder; name recordings without snow with --clips")
    if not path.is_dir():
        return [_measured(path, side, longest)]
    files = sorted(p for p in path.rglob("*") if p.suffix.lower() in FILM_SUFFIXES)
    if not files:
        raise ConfigError(f"{path}: no video files there (looked for {', '.join(sorted(FILM_SUFFIXES))})")
    spread = [files[n * len(files) // _MOST] for n in range(_MOST)] if len(files) > _MOST else files
    fit: list[Recording] = []
    reasons: list[StreamDesnowError] = []
    for file in spread:
        try:
            fit.append(_measured(file, side, longest))
        except (ConfigError, CaptureError) as error:
            reasons.append(error)
    if not fit:
        raise reasons[0]
    return fit


def _measured(path: Path, side: int, longest: int) -> Recording:
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
            f"{path}: too short, {frames} frames; training and validating take up to {longest} at a time"
        )
    return Recording(path, fps, frames)


def _scaled(image: Image, width: float, side: int) -> Image:
    scale = max(width / image.shape[1], side / min(image.shape[:2]))
    if scale >= 1:
        return image.copy()
    size = tuple(max(side, round(n * scale)) for n in image.shape[1::-1])
    return np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), np.uint8)
