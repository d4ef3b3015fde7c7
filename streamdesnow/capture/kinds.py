"""What kind of thing a `source:` is, told from how it is written and from what is on disk."""

from __future__ import annotations

import glob
from enum import StrEnum
from pathlib import Path
from urllib.parse import unquote, urlsplit

from streamdesnow.config.url import is_url

__all__ = ["FILM_SUFFIXES", "IMAGE_SUFFIXES", "SourceKind", "detect_kind", "is_live", "local_path"]

IMAGE_SUFFIXES = frozenset(
    {
        ".bmp",
        ".jpe",
        ".jpeg",
        ".jpg",
        ".jp2",
        ".pbm",
        ".pgm",
        ".png",
        ".pnm",
        ".ppm",
        ".tif",
        ".tiff",
        ".webp",
    }
)
"""Endings of pictures. `.gif` is not among them: it holds a film and goes to the video reader."""

FILM_SUFFIXES = frozenset({".avi", ".gif", ".m4v", ".mkv", ".mov", ".mp4", ".mpg", ".ts", ".webm"})
"""Endings that are looked for in folders. A film that is named is read whatever it ends in."""

_LIVE_SUFFIXES = frozenset({".gif", ".ts"})
"""Films on disk that over HTTP may be a camera."""


class SourceKind(StrEnum):
    """What a camera's `source:` leads to."""

    FILE = "file"
    IMAGES = "images"
    STREAM = "stream"
    DEVICE = "device"
    SIMULATED = "simulated"


def detect_kind(source: str) -> SourceKind:
    """The kind of a `source:` that is text. Whether its scheme is a known one, the pipeline file's schema
    has checked."""
    if source.startswith("device:"):
        return SourceKind.DEVICE
    if is_url(source) and not source.startswith("file://"):
        return SourceKind.STREAM
    path = local_path(source)
    if path.is_dir() or path.suffix.lower() in IMAGE_SUFFIXES:
        return SourceKind.IMAGES
    return SourceKind.IMAGES if glob.has_magic(source) and not path.exists() else SourceKind.FILE


def is_live(kind: SourceKind, source: str) -> bool:
    """Whether a source is live when the pipeline file does not say: streams and devices are, except for
    `https://host/film.mp4`, which is a file that happens to be far away."""
    if kind is SourceKind.STREAM:
        address = urlsplit(source)
        film = Path(address.path).suffix.lower() in FILM_SUFFIXES - _LIVE_SUFFIXES
        return not (film and address.scheme in {"http", "https"})
    return kind is SourceKind.DEVICE


def local_path(source: str) -> Path:
    """The path of a source on disk, also when it is written as `file:///path`."""
    if source.startswith("file://"):
        return Path(unquote(source.removeprefix("file://")))
    return Path(source).expanduser()
