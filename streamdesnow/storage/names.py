"""Names of cameras in files and addresses."""

from __future__ import annotations

import hashlib
from pathlib import Path
from urllib.parse import quote

__all__ = ["camera_directory", "camera_url", "safe_name"]

_LONGEST = 80


def safe_name(camera: str) -> str:
    """The camera's name as one part of a path on any file system.

    Letters and digits of every script, space, `-`, `_` and `.` stay. Where anything had to be replaced, a
    short digest of the name is added, so that `a/b` and `a:b` still write to different places.
    """
    kept = "".join(c if c.isalnum() or c in " -_." else "_" for c in camera)[:_LONGEST]
    kept = kept.strip(" .") or "camera"
    if kept == camera:
        return kept
    return f"{kept}-{hashlib.sha256(camera.encode()).hexdigest()[:6]}"


def camera_directory(template: Path, camera: str) -> Path:
    """`template` with `{camera}` replaced by a name that is safe in a path."""
    return Path(str(template).replace("{camera}", safe_name(camera)))


def camera_url(template: str, camera: str) -> str:
    """`template` with `{camera}` replaced by the percent-encoded name."""
    return template.replace("{camera}", quote(camera, safe=""))
