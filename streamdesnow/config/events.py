"""`detect.events:` what is written down of what comes and goes."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from pydantic import Field

from streamdesnow.config.base import Section
from streamdesnow.config.template import CameraPath
from streamdesnow.config.units import Bytes, PositiveDuration

__all__ = ["EventsConfig"]


class EventsConfig(Section):
    """Writes a line of JSON whenever something comes or goes; docs/events.md describes them."""

    directory: CameraPath = Path("events/{camera}")
    """Folder of `events.jsonl` and `snapshots/`; `{camera}` is replaced."""
    rotate: Bytes = 10_000_000
    """A file that would grow beyond this becomes `events.1.jsonl`, that one `events.2.jsonl`, and so on."""
    files: Annotated[int, Field(ge=0)] = 5
    """How many of those are kept."""
    snapshots: bool = True
    """Write the frame that shows a thing best as JPEG, before and after cleaning."""
    keep: PositiveDuration | None = None
    """Delete snapshots older than this. Default: keep."""
