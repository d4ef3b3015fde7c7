"""OpenCV reads pictures: a folder, a glob or one file, as a film."""

from __future__ import annotations

import glob
import re
from fractions import Fraction
from pathlib import Path

import cv2
import numpy as np

from streamdesnow.capture.kinds import IMAGE_SUFFIXES
from streamdesnow.capture.reader import DecodedFrame, SourceInfo
from streamdesnow.capture.sniff import check_readable
from streamdesnow.capture.spec import SourceSpec
from streamdesnow.errors import SourceDamaged, SourceNotFound
from streamdesnow.frame import Image

__all__ = ["ImagesReader", "find_images", "load_image"]

_DEFAULT_FPS = 25.0


class ImagesReader:
    """Pictures in natural order (`frame2.png` before `frame10.png`), one frame each."""

    def __init__(self, spec: SourceSpec) -> None:
        self._spec = spec
        self._paths: list[Path] = []
        self._next = 0
        # 29.97 means 30000/1001, as in every container.
        self._time_base = 1 / Fraction(spec.fps or _DEFAULT_FPS).limit_denominator(1001)

    @property
    def info(self) -> SourceInfo:
        """Number of pictures; sizes may differ, so none is named."""
        return SourceInfo(
            description="pictures",
            fps=1 / self._time_base,
            time_base=self._time_base,
            frames=len(self._paths),
            duration=float(len(self._paths) * self._time_base),
        )

    @property
    def skipped(self) -> int:
        """None: a picture that cannot be read is an error."""
        return 0

    def open(self) -> None:
        """List the pictures.

        Raises:
            SourceNotFound: no picture in the folder, or none that the glob matches.
        """
        self._paths = find_images(self._spec.location)
        self._next = 0
        if not self._paths:
            raise SourceNotFound(f"{self._spec.name}: no pictures here; looked for {', '.join(_ENDINGS)}")

    def read(self) -> DecodedFrame | None:
        """The next picture; its pts is its number.

        Raises:
            SourceNotFound, SourceRefused, SourceDamaged: the picture cannot be read; the message names it.
        """
        if self._next >= len(self._paths):
            return None
        frame = DecodedFrame(load_image(self._paths[self._next]), self._next, self._time_base)
        self._next += 1
        return frame

    def close(self) -> None:
        """Nothing is held open."""


_ENDINGS = sorted(IMAGE_SUFFIXES)


def find_images(location: str) -> list[Path]:
    """Pictures of a folder (not of folders in it), matches of a glob, or the one file, in natural order."""
    path = Path(location)
    if path.is_dir():
        found = [entry for entry in path.iterdir() if entry.suffix.lower() in IMAGE_SUFFIXES]
    elif path.is_file() or not glob.has_magic(location):
        found = [path]
    else:
        found = list(Path(path.anchor).glob(str(path.relative_to(path.anchor))))
    return sorted((entry for entry in found if not entry.is_dir()), key=_natural)


def load_image(path: Path) -> Image:
    """A picture as BGR uint8 (H, W, 3): grey is repeated, 16 bits are cut to 8, alpha is dropped, the
    rotation that a camera noted down (EXIF) is carried out.

    Raises:
        SourceNotFound, SourceRefused: the file is not there or may not be read.
        SourceDamaged: it is empty, or not a picture.
    """
    check_readable(str(path), path)
    try:
        image = cv2.imdecode(np.fromfile(path, np.uint8), cv2.IMREAD_COLOR)
    except cv2.error:
        image = None
    if image is None:
        raise SourceDamaged(f"{path}: is not a picture that OpenCV can read; the file is damaged or misnamed")
    return np.ascontiguousarray(image, np.uint8)


def _natural(path: Path) -> tuple[list[tuple[int, str]], str]:
    pieces = re.findall(r"\d+|\D+", str(path))
    return [(int(p), "") if p.isdecimal() else (-1, p.lower()) for p in pieces], str(path)
