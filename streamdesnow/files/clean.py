"""Cleaning a file, whatever kind it is."""

from __future__ import annotations

import os
from os import PathLike
from pathlib import Path

from streamdesnow.capture.kinds import IMAGE_SUFFIXES
from streamdesnow.config.engine import EngineConfig
from streamdesnow.config.gate import When
from streamdesnow.config.url import is_url
from streamdesnow.errors import ConfigError, SourceNotFound, SourceUnsupported
from streamdesnow.files.images import clean_folder, clean_image, is_film
from streamdesnow.files.report import CleanReport, Progress
from streamdesnow.files.video import clean_video
from streamdesnow.models.folder import ModelFolder
from streamdesnow.redact import redact
from streamdesnow.restore.desnower import Desnower

__all__ = ["clean_file", "default_model", "kind_of"]

_FILM_MODEL, _PICTURE_MODEL = "fixed-camera", "still"

_CLEANERS = {"picture": clean_image, "folder": clean_folder, "video": clean_video}


def clean_file(
    source: str | PathLike[str],
    destination: str | PathLike[str],
    model: str | PathLike[str] | ModelFolder | None = None,
    engine: EngineConfig | str | None = None,
    *,
    side_by_side: bool = False,
    lossless: bool = False,
    overwrite: bool = False,
    when: When = "always",
    progress: Progress = lambda done, total: None,
) -> CleanReport:
    """Clean a picture, a folder of pictures, or a video, into another of the same kind.

    Args:
        source: path of a picture, of a folder of pictures, or of a video.
        destination: where to; its ending chooses the format. A folder takes a file under its own name.
        model: name or path. Default: see `default_model`.
        engine: see `Desnower`.
        side_by_side: write the pictures as they were beside the cleaned ones.
        lossless: FFV1 for video, PNG for folders; a picture's format has to be lossless.
        overwrite: replace what is at the destination.
        when: `snowing` leaves frames of a video or folder as they are while no snow falls in it.
        progress: called after each frame.

    Returns:
        What was done.

    Raises:
        ConfigError: the destination is the source, is there already, or has an ending that does not fit.
        CaptureError: the source cannot be read, or not to its end.
        ModelError, EngineError: the network cannot be run.
        SinkError: the destination cannot be written; nothing is left there.
    """
    if is_url(os.fspath(source)):
        raise ConfigError(
            f"{redact(os.fspath(source))}: streams are cleaned by `streamdesnow run`, with a pipeline file"
        )
    origin = Path(source).expanduser()
    kind = kind_of(origin)
    target = _target(origin, Path(destination).expanduser(), kind, overwrite=overwrite)
    with Desnower(model or default_model(origin), engine, when=when) as desnower:
        return _CLEANERS[kind](
            origin, target, desnower, side_by_side=side_by_side, lossless=lossless, progress=progress
        )


def default_model(source: Path) -> str:
    """`fixed-camera` for a video and for a folder that holds the frames of one, else `still`.

    A single picture, or one that has nothing to do with the last, has no past that a causal model could use:
    it would come out as it is.

    Raises:
        SourceNotFound, SourceUnsupported: see `kind_of`; no picture is in the folder.
    """
    kind = kind_of(source)
    film = kind == "video" or (kind == "folder" and is_film(source))
    return _FILM_MODEL if film else _PICTURE_MODEL


def kind_of(source: Path) -> str:
    """`picture`, `folder` or `video`.

    Raises:
        SourceNotFound: nothing is there.
        SourceUnsupported: a pipe, socket or device: what is cleaned is read more than once.
    """
    if source.is_dir():
        return "folder"
    if not source.exists():
        raise SourceNotFound(f"{source}: there is no such file")
    if not source.is_file():
        raise SourceUnsupported(
            f"{source}: is a pipe, socket or device; only files and folders can be cleaned"
        )
    return "picture" if source.suffix.lower() in IMAGE_SUFFIXES else "video"


def _target(source: Path, destination: Path, kind: str, *, overwrite: bool) -> Path:
    if kind != "folder" and destination.is_dir():
        destination = destination / source.name
    if destination.exists() and destination.samefile(source):
        raise ConfigError(f"{destination}: is the source itself; choose another destination")
    if kind == "folder" and destination.exists() and not destination.is_dir():
        raise ConfigError(f"{destination}: is a file, but {source} is a folder and needs one as destination")
    if _holds_something(destination) and not overwrite:
        raise ConfigError(f"{destination}: is there already; choose another destination or say --overwrite")
    return destination


def _holds_something(destination: Path) -> bool:
    return any(destination.iterdir()) if destination.is_dir() else destination.exists()
