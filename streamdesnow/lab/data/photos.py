"""Clean pictures to train on: any folder of photographs."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np

from streamdesnow.capture.kinds import IMAGE_SUFFIXES
from streamdesnow.errors import ConfigError
from streamdesnow.frame import Image

__all__ = ["Photos", "find_photos", "photographs"]


def find_photos(folder: Path) -> list[Path]:
    """Pictures in a folder and the folders in it, sorted; there may be none."""
    return sorted(path for path in folder.rglob("*") if path.suffix.lower() in IMAGE_SUFFIXES)


def photographs(folder: Path) -> list[Path]:
    """The same, of a folder that has to hold some.

    Raises:
        ConfigError: it is missing or holds no picture.
    """
    found = find_photos(folder)
    if not found:
        raise ConfigError(
            f"{folder}: no photographs there (looked for {', '.join(sorted(IMAGE_SUFFIXES))}); "
            "name a folder of your own, for `train` with --photos FOLDER"
        )
    return found


class Photos:
    """Photographs below one or more folders, kept in memory after their first use.

    Raises:
        ConfigError: a folder is missing or holds no picture.
    """

    def __init__(self, folders: Sequence[Path], longest: int = 960) -> None:
        self._files = [path for folder in folders for path in photographs(folder)]
        self._longest = longest
        self._kept: dict[int, Image] = {}

    def __len__(self) -> int:
        return len(self._files)

    def __getitem__(self, index: int) -> Image:
        """uint8 (H, W, 3) BGR; pictures with a longer side than `longest` are shrunk to it."""
        if index not in self._kept:
            image = cv2.imread(str(self._files[index]), cv2.IMREAD_COLOR)
            if image is None:
                raise ConfigError(f"{self._files[index]}: cannot be read as a picture")
            scale = self._longest / max(image.shape[:2])
            if scale < 1:
                image = cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
            self._kept[index] = np.asarray(image, np.uint8)
        return self._kept[index]

    def crop(self, rng: np.random.Generator, side: int, zoom: tuple[float, float] = (0.5, 1.3)) -> Image:
        """A random square of a random photograph, scaled, mirrored, graded: uint8 (side, side, 3) BGR."""
        photo = self[int(rng.integers(len(self)))]
        scale = max(float(np.exp(rng.uniform(*np.log(zoom)))), (side + 1) / min(photo.shape[:2]))
        height, width = (round(n * scale) for n in photo.shape[:2])
        mode = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
        photo = np.asarray(cv2.resize(photo, (width, height), interpolation=mode), np.uint8)
        top, left = int(rng.integers(height - side + 1)), int(rng.integers(width - side + 1))
        square = photo[top : top + side, left : left + side]
        if rng.random() < 0.5:
            square = square[:, ::-1]
        return _graded(square, rng)


def _graded(image: Image, rng: np.random.Generator) -> Image:
    """Another exposure, contrast, colour temperature; sometimes dusk, sometimes grey."""
    codes = image.astype(np.float32) / 255
    codes = codes ** np.float32(np.exp(rng.normal(0, 0.25)))
    codes *= rng.normal(1, 0.05, 3).astype(np.float32)
    gain = rng.uniform(0.15, 0.6) if rng.random() < 0.2 else rng.uniform(0.75, 1.1)
    codes *= np.float32(gain)
    if rng.random() < 0.15:
        codes = np.float32(0.9) - (np.float32(0.9) - codes) * np.float32(rng.uniform(0.3, 0.8))
    if rng.random() < 0.1:
        codes[:] = codes.mean(-1, keepdims=True)
    return np.clip(codes * 255 + 0.5, 0, 255).astype(np.uint8)
