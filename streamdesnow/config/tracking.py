"""`detect.track:` how detections of one thing are joined into a track."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from streamdesnow.config.base import Section
from streamdesnow.config.units import Duration

__all__ = ["TrackConfig"]


class TrackConfig(Section):
    """Joins what is found from frame to frame into tracks, numbered from 1 for each camera (ByteTrack)."""

    confirm: Annotated[int, Field(ge=2)] = 2
    """A track counts from this many frames on in which it was found, one looked at after the other."""
    lost: Duration = 2.0
    """What was not found for longer has left; when it comes back it is a new track."""
    start: Annotated[float, Field(ge=0, le=1)] | None = None
    """Confidence that a new track needs; weaker detections only continue one. Default: that of `detect`."""
    overlap: Annotated[float, Field(gt=0, lt=1)] = 0.1
    """Least overlap (intersection over union) of where a thing is expected and where something is found."""
