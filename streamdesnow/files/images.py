"""Pictures, cleaned into others: one, or a folder of them."""

from __future__ import annotations

import contextlib
import logging
import time
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

import cv2
import numpy as np

from streamdesnow.capture.images_reader import find_images
from streamdesnow.errors import CaptureError, ConfigError, ImageUnsupported, SourceDamaged, SourceNotFound
from streamdesnow.files.load import count_pictures, load_picture
from streamdesnow.files.report import CleanReport, Progress
from streamdesnow.frame import Image
from streamdesnow.restore.desnower import Desnower
from streamdesnow.restore.layout import AnyImage, to_bgr8
from streamdesnow.restore.scene import CutDetector
from streamdesnow.sinks.compose import side_by_side as beside
from streamdesnow.storage.write import atomic_write, check_writable

__all__ = ["clean_folder", "clean_image", "is_film"]

_log = logging.getLogger(__name__)

_LOSSLESS = {".png", ".tif", ".tiff", ".bmp"}
_DEEP = {".jp2", ".png", ".tif", ".tiff"}
_QUALITY = {
    ".jpg": [cv2.IMWRITE_JPEG_QUALITY, 95],
    ".jpeg": [cv2.IMWRITE_JPEG_QUALITY, 95],
    ".webp": [cv2.IMWRITE_WEBP_QUALITY, 95],
}
_WHO = "clean"
_LOOKED_AT = 4
"""Pictures of a folder that tell whether it is a film."""


def clean_image(
    source: Path,
    destination: Path,
    desnower: Desnower,
    *,
    side_by_side: bool = False,
    lossless: bool = False,
    progress: Progress = lambda done, total: None,
) -> CleanReport:
    """Clean one picture: 8 or 16 bits, grey, colour or with transparency; it stays what it is.

    Of a file that holds several (TIFF, WebP or PNG) the first is taken, and a warning says so.

    Args:
        destination: its ending chooses the format; 16 bits need `.png` or `.tif`.
        side_by_side: the picture as it was beside the cleaned one, 8-bit BGR.
        lossless: refuse a format that loses something.

    Raises:
        CaptureError, ImageUnsupported: the source is no picture that can be cleaned.
        ConfigError: the destination's ending does not fit.
        StorageFailed: it cannot be written; nothing is left.
    """
    _check_format(destination, lossless=lossless)
    check_writable(_WHO, destination.parent)
    desnower.open()
    started = time.monotonic()
    image = _first_of(source)
    _convert(image, destination, desnower, side_by_side=side_by_side)
    progress(1, 1)
    seconds = time.monotonic() - started
    size = (image.shape[1], image.shape[0])
    return CleanReport(source, destination, 1, size, seconds, desnower.model.name, desnower.info)


def clean_folder(
    source: Path,
    destination: Path,
    desnower: Desnower,
    *,
    side_by_side: bool = False,
    lossless: bool = False,
    progress: Progress = lambda done, total: None,
) -> CleanReport:
    """Clean the pictures of a folder into another, under the same names.

    A causal model takes them for a film in the natural order of their names, and starts anew wherever the
    scene or the size changes, so that pictures that have nothing to do with each other do no harm.

    Args:
        side_by_side: the pictures as they were beside the cleaned ones.
        lossless: as `.png`, whatever they were; where `a.jpg` and `a.bmp` would both become `a.png`, they
            become `a.jpg.png` and `a.bmp.png`.

    Raises:
        SourceNotFound: no picture there.
        SourceDamaged: some could not be read; the others have been cleaned, and the message names which not.
        StorageFailed: the destination cannot be written to.
    """
    paths = find_images(str(source))
    if not paths:
        raise SourceNotFound(f"{source}: no pictures here")
    check_writable(_WHO, destination)
    desnower.open()
    stream = desnower.stream(source.name)
    started = time.monotonic()
    failed: list[str] = []
    size = (0, 0)
    names = _png_names(paths) if lossless else [path.name for path in paths]
    for number, (path, name) in enumerate(zip(paths, names, strict=True), start=1):
        try:
            image = _first_of(path)
            _convert(image, destination / name, stream, side_by_side=side_by_side)
            size = size if any(size) else (image.shape[1], image.shape[0])
        except (CaptureError, ImageUnsupported) as error:
            failed.append(f"{path}: {error}".replace(f"{path}: {path}: ", f"{path}: "))
        progress(number, len(paths))
    seconds = time.monotonic() - started
    done = len(paths) - len(failed)
    if failed:
        left = "\n".join(failed)
        raise SourceDamaged(
            f"{done} of {len(paths)} pictures were cleaned into {destination}; not these:\n{left}"
        )
    return CleanReport(
        source, destination, done, size, seconds, desnower.model.name, desnower.info, stream.resets
    )


def is_film(folder: Path) -> bool:
    """Whether the first pictures of a folder show one scene: all of one size, and no cut between them.

    Pictures that cannot be read do not count. One picture is no film.
    """
    images: list[Image] = []
    for path in find_images(str(folder)):
        with contextlib.suppress(CaptureError, ImageUnsupported):
            images.append(to_bgr8(load_picture(path)))
        if len(images) == _LOOKED_AT:
            break
    cuts = CutDetector()
    same_size = len({image.shape for image in images}) == 1
    return same_size and len(images) > 1 and not any(cuts.is_cut(image) for image in images)


def _png_names(paths: Sequence[Path]) -> list[str]:
    """Each another one, also where names differ in their ending only."""
    shared = Counter(path.stem for path in paths)
    return [f"{path.stem if shared[path.stem] == 1 else path.name}.png" for path in paths]


def _first_of(path: Path) -> AnyImage:
    image = load_picture(path)
    count = count_pictures(path)
    if count > 1:
        _log.warning("%s: holds %d pictures; only the first is cleaned", path, count)
    return image


def _convert(
    image: AnyImage, destination: Path, clean: Callable[[AnyImage], AnyImage], *, side_by_side: bool
) -> None:
    cleaned = clean(image)
    if side_by_side:
        cleaned = beside(to_bgr8(image), to_bgr8(cleaned))
    if cleaned.dtype != np.uint8 and destination.suffix.lower() not in _DEEP:
        raise ConfigError(f"{destination}: 16-bit pictures can only be written as {', '.join(sorted(_DEEP))}")
    parameters = _QUALITY.get(destination.suffix.lower(), [])
    try:
        written, data = cv2.imencode(destination.suffix.lower(), cleaned, parameters)
    except cv2.error:
        written = False
    if not written:
        raise ConfigError(f"{destination}: a picture of this size and type cannot be written in this format")
    atomic_write(_WHO, destination, data.tobytes())


def _check_format(destination: Path, *, lossless: bool) -> None:
    suffix = destination.suffix.lower()
    if not suffix or not cv2.haveImageWriter(f"x{suffix}"):
        what = f"{suffix} is no picture format" if suffix else "the name has no ending"
        raise ConfigError(f"{destination}: {what}; choose .png or .jpg")
    if lossless and suffix not in _LOSSLESS:
        raise ConfigError(
            f"{destination}: {suffix} is not lossless; choose one of {', '.join(sorted(_LOSSLESS))}"
        )
