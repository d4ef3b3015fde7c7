"""Finding a detector's weights by name or path."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from streamdesnow.errors import DetectorUnavailable

__all__ = ["DETECTORS_VARIABLE", "DOWNLOADS", "detector_folders", "find_weights", "own_folder"]

DETECTORS_VARIABLE = "STREAMDESNOW_DETECTORS"
"""Environment variable: folders of weights, separated as in PATH; they come before the user's own."""

_RELEASE = "https://github.com/OlafenwaMoses/ImageAI/releases/download/3.0.0-pretrained"
DOWNLOADS = {
    "tiny-yolov3": f"{_RELEASE}/tiny-yolov3.pt",
    "yolov3": f"{_RELEASE}/yolov3.pt",
    "retinanet": f"{_RELEASE}/retinanet_resnet50_fpn_coco-eeacb38b.pth",
}
"""Where ImageAI's weights are, by the name that they are looked for under."""

_KINDS = (".onnx", ".pt", ".pth", ".weights")


def own_folder() -> Path:
    """The user's own folder of weights, where imported ones go: `$XDG_DATA_HOME/streamdesnow/detectors`."""
    base = os.environ.get("XDG_DATA_HOME") or "~/.local/share"
    return Path(base).expanduser() / "streamdesnow" / "detectors"


def detector_folders() -> list[Path]:
    """Folders that names are looked for in, in order."""
    named = os.environ.get(DETECTORS_VARIABLE, "").split(os.pathsep)
    return [*(Path(folder).expanduser() for folder in named if folder), own_folder()]


def find_weights(model: str, endings: Sequence[str]) -> list[Path]:
    """The weights of that name, or at that path: those with the first of the endings first.

    What holds a path separator, or ends like a weights file, is a path; a name is looked for in
    `detector_folders`.

    Raises:
        DetectorUnavailable: there are none, or they are of another kind; says where they were looked for,
            where they can be had, and what to do with them.
    """
    path = Path(model).expanduser()
    if path.name == model and path.suffix not in _KINDS:
        found = list(_named(model, endings))
        if not found:
            raise DetectorUnavailable(_nowhere(model, endings))
        return found
    if not path.is_file():
        what = "is a folder; give the weights file in it" if path.is_dir() else "there is no such file"
        raise DetectorUnavailable(f"{model}: {what} (looked for {path.absolute()}). {_how_to_get(path.stem)}")
    if path.suffix not in endings:
        raise DetectorUnavailable(f"{model}: {_other_kind(model, path.suffix, endings)}")
    return [path]


def _named(name: str, endings: Sequence[str]) -> Iterator[Path]:
    for ending in endings:
        for folder in detector_folders():
            path = folder / f"{name}{ending}"
            if path.is_file():
                yield path


def _other_kind(model: str, suffix: str, endings: Sequence[str]) -> str:
    if suffix == ".weights" or ".onnx" in endings:
        return f"cannot be run as it is; convert it with: streamdesnow models import {model}"
    return f"ImageAI reads {' and '.join(endings)} files; with `backend: onnx` .onnx files are read"


def _nowhere(name: str, endings: Sequence[str]) -> str:
    places = "\n".join(f"  {folder}" for folder in detector_folders())
    files = ", ".join(f"{name}{ending}" for ending in endings)
    return f"no detector {name!r}: looked for {files} in\n{places}\n{_how_to_get(name)}"


def _how_to_get(name: str) -> str:
    if name not in DOWNLOADS:
        known = "\n".join(f"  {address}" for address in DOWNLOADS.values())
        return f"Give a weights file's path, or put one there. ImageAI's weights are at\n{known}"
    address = DOWNLOADS[name]
    file = address.rpartition("/")[2]
    if name == "retinanet":
        return f"Download {address} and put it there as retinanet.pth, for ImageAI."
    return (
        f"Download {address}\nand run: streamdesnow models import {file}\n"
        f"(or, for ImageAI: put it there as it is)"
    )
