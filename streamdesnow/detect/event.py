"""The line of JSON that is written when something comes or goes; docs/events.md explains it to people."""

from __future__ import annotations

import datetime as dt
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from streamdesnow.detect.detection import Box, SeenIn

__all__ = ["SCHEMA_VERSION", "BestView", "Event", "EventBox", "Moment", "Reason", "Snapshots", "event_schema"]

SCHEMA_VERSION: Literal[1] = 1
"""Raised when a field is taken away or changes its meaning; new fields do not raise it."""

Reason = Literal["lost", "ended", "interrupted"]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, use_attribute_docstrings=True, allow_inf_nan=False)


class Moment(_Part):
    """When: the frame's own time, and what the clock on the wall said."""

    time: dt.datetime
    """UTC, ISO 8601: when the frame was captured; for a file, when it was read."""
    pts: int
    """Presentation time stamp of the frame."""
    time_base: str
    """Seconds per unit of `pts`, a fraction such as `1/90000`."""
    seconds: float
    """`pts` times `time_base`."""


class EventBox(_Part):
    """A rectangle in pixels of the frame, from its upper left corner."""

    left: float
    """Left edge."""
    top: float
    """Upper edge."""
    right: float
    """Right edge."""
    bottom: float
    """Lower edge."""

    @classmethod
    def of(cls, box: Box) -> EventBox:
        """From a detection's box, to a tenth of a pixel."""
        sides = (round(float(side), 1) for side in (box.left, box.top, box.right, box.bottom))
        return cls(**dict(zip(("left", "top", "right", "bottom"), sides, strict=True)))


class BestView(_Part):
    """The frame in which the detector was surest of the thing, so far."""

    at: Moment
    """When that was."""
    confidence: float
    """How sure it was, 0..1."""
    box: EventBox
    """Where the thing was."""


class Snapshots(_Part):
    """JPEG files of the best frame, paths relative to the folder of this file."""

    before: str
    """The frame before cleaning."""
    clean: str
    """The cleaned frame."""


class Event(_Part):
    """One thing comes or goes."""

    version: Literal[1] = Field(default=SCHEMA_VERSION, serialization_alias="schema")
    """Version of this description."""
    event: Literal["enter", "leave"]
    """`enter`: a track was confirmed. `leave`: it has ended."""
    id: str
    """The track's own name: no other track of any camera or any run has it."""
    camera: str
    """Name of the camera in the pipeline file."""
    track: int
    """Number of the track, from 1 for each camera and run."""
    label: str = Field(serialization_alias="class")
    """What it is taken for."""
    class_id: int
    """Number of the class in the detector's list."""
    confidence: float
    """The highest confidence so far, 0..1."""
    at: Moment
    """`enter`: the frame in which it was confirmed. `leave`: the last frame in which it was found."""
    entered: Moment
    """The frame in which it was confirmed."""
    box: EventBox
    """Where it was at `at`."""
    frame: tuple[int, int]
    """Width and height of the frame in pixels."""
    zone: str | None
    """Name of the zone it was in at `at`; null where the camera has none."""
    zones: tuple[str, ...]
    """All zones it was in so far, in the order of its way."""
    frames: int
    """In how many frames it was found since it was confirmed, that one included."""
    seen_in: SeenIn | None
    """With `compare`: which picture showed it so far, the cleaned one (`clean`), the one before cleaning
    (`before`) or `both`, not necessarily at once. Else null."""
    best: BestView
    """The best view of it so far."""
    snapshots: Snapshots | None
    """Pictures of the best view; null if none are written."""
    reason: Reason | None
    """Why a track ended: `lost` (not found any more), `ended` (the stream or the run did) or
    `interrupted` (the stream was cut); null for `enter`."""

    def line(self) -> bytes:
        """As it stands in the file, with the line's end."""
        return self.model_dump_json(by_alias=True).encode() + b"\n"


def event_schema() -> dict[str, Any]:
    """JSON Schema (2020-12) of a line of an events file."""
    head = {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "streamdesnow event"}
    schema = Event.model_json_schema(mode="serialization")
    return {**schema, **head}
