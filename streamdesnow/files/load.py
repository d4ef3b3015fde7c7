"""A picture from disk, as it is: depth, channels, and the way up that it is shown."""

from __future__ import annotations

import contextlib
from pathlib import Path

import cv2
import numpy as np

from streamdesnow.capture.sniff import check_readable
from streamdesnow.errors import SourceDamaged
from streamdesnow.files.orientation import noted_orientation, upright
from streamdesnow.restore.layout import AnyImage

__all__ = ["count_pictures", "load_picture"]

_JPEG = b"\xff\xd8"


def load_picture(path: Path) -> AnyImage:
    """A picture, (H, W) or (H, W, C) of any depth, BGR; the first if there are several.

    Raises:
        SourceNotFound, SourceRefused: the file is not there or may not be read.
        SourceDamaged: it is empty, or not a picture.
    """
    check_readable(str(path), path)
    data = path.read_bytes()
    # IMREAD_UNCHANGED leaves EXIF's rotation out, the other flags leave out transparency, which JPEG has not.
    turned = data.startswith(_JPEG)
    flags = cv2.IMREAD_ANYCOLOR | cv2.IMREAD_ANYDEPTH if turned else cv2.IMREAD_UNCHANGED
    try:
        image = cv2.imdecode(np.frombuffer(data, np.uint8), flags)
    except cv2.error:
        image = None
    if image is None:
        raise SourceDamaged(f"{path}: is not a picture that OpenCV can read; the file is damaged or misnamed")
    return upright(image, noted_orientation(data))


def count_pictures(path: Path) -> int:
    """How many a file holds: pages of a TIFF, frames of a moving WebP or PNG; 1 where it cannot be told."""
    with contextlib.suppress(cv2.error):
        return max(1, cv2.imcount(str(path)))
    return 1
