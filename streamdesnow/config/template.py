"""Paths and addresses with `{camera}` in them, so that one output serves many cameras."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import AfterValidator

from streamdesnow.config.units import HomePath
from streamdesnow.storage.dated_name import DatedName

__all__ = ["CameraPath", "CameraText", "FileName"]

_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")


def _check(text: str, known: tuple[str, ...]) -> None:
    for name in _PLACEHOLDER.findall(text):
        if name not in known:
            allowed = " and ".join(f"{{{each}}}" for each in known)
            raise ValueError(f"{{{name}}} is not known here, only {allowed} is replaced")


def _check_path(path: HomePath) -> HomePath:
    _check(str(path), ("camera",))
    return path


def _check_text(text: str) -> str:
    _check(text, ("camera",))
    return text


def _check_name(name: str) -> str:
    if not name.strip():
        raise ValueError("expected a name, got nothing")
    _check(name, ("camera", "show"))
    DatedName(name, "camera", "clean")
    return name


CameraPath = Annotated[HomePath, AfterValidator(_check_path)]
"""A folder; `{camera}` stands for the camera's name."""

CameraText = Annotated[str, AfterValidator(_check_text)]
"""Text; `{camera}` stands for the camera's name."""

FileName = Annotated[str, AfterValidator(_check_name)]
"""A file name; `{camera}` and `{show}` are replaced."""
