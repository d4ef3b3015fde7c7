"""What a capture process and the pipeline say to each other, as JSON.

JSON, not pickle: a decoder that a hostile video has taken over must not be able to run code in the pipeline.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, fields, is_dataclass
from fractions import Fraction
from typing import Any

from streamdesnow import errors
from streamdesnow.capture.kinds import SourceKind
from streamdesnow.capture.reader import SourceInfo
from streamdesnow.capture.spec import SourceSpec
from streamdesnow.errors import CaptureError
from streamdesnow.redact import redact

__all__ = [
    "Alive",
    "Arrived",
    "Close",
    "Ended",
    "Failed",
    "Message",
    "NewSlots",
    "Note",
    "Open",
    "Opened",
    "Release",
    "decode",
    "encode",
]


@dataclass(frozen=True, slots=True)
class Open:
    """To the process: capture this source; the first `skip` frames are known already."""

    spec: SourceSpec
    skip: int = 0


@dataclass(frozen=True, slots=True)
class Release:
    """To the process: the slot has been read and may be written again."""

    memory: int
    slot: int


@dataclass(frozen=True, slots=True)
class Close:
    """To the process: say goodbye to the camera and end."""


@dataclass(frozen=True, slots=True)
class Opened:
    """From the process: the source is open."""

    info: SourceInfo


@dataclass(frozen=True, slots=True)
class NewSlots:
    """From the process, with a file descriptor: frames come in this memory from now on."""

    memory: int
    count: int
    slot_bytes: int


@dataclass(frozen=True, slots=True)
class Arrived:
    """From the process: a slot holds a frame. It is not touched again until it is released.

    `position` is the number of the frame since the source began (again), `missed` how many frames before it
    found no free slot, `sar` the width of a pixel by its height.
    """

    memory: int
    slot: int
    width: int
    height: int
    pts: int
    time_base: Fraction
    captured_at: float
    position: int
    discontinuity: bool = False
    missed: int = 0
    sar: Fraction = Fraction(1)


@dataclass(frozen=True, slots=True)
class Alive:
    """From the process: about to open the source, or waiting for a frame's time or for a free slot."""


@dataclass(frozen=True, slots=True)
class Note:
    """From the process: something worth telling people, which does not end the capture."""

    text: str


@dataclass(frozen=True, slots=True)
class Ended:
    """From the process: that was the last frame."""


@dataclass(frozen=True, slots=True)
class Failed:
    """From the process: the source could not be opened or read on."""

    kind: str
    text: str

    @classmethod
    def of(cls, error: CaptureError, secrets: tuple[str, ...]) -> Failed:
        """An error as a message, without credentials."""
        return cls(type(error).__name__, redact(str(error), secrets))

    @property
    def error(self) -> CaptureError:
        """The error again."""
        kind = getattr(errors, self.kind, CaptureError)
        known = isinstance(kind, type) and issubclass(kind, CaptureError)
        return kind(self.text) if known else CaptureError(self.text)


Message = Open | Release | Close | Opened | NewSlots | Arrived | Alive | Note | Ended | Failed

_KNOWN: dict[str, type[Any]] = {
    kind.__name__: kind
    for kind in (
        Open, Release, Close, Opened, NewSlots, Arrived, Alive, Note, Ended, Failed, SourceSpec, SourceInfo,
    )
}  # fmt: skip


def encode(message: Message) -> bytes:
    """A message as it goes through the socket."""
    return json.dumps(message, default=_to_json).encode()


def decode(data: bytes) -> Message:
    """The message again.

    Raises:
        ValueError: it is none.
    """
    try:
        message = json.loads(data, object_hook=_from_json)
    except (TypeError, KeyError, ArithmeticError) as error:
        raise ValueError(f"not a message: {error}") from None
    if not isinstance(message, Message):
        raise ValueError("not a message")
    return message


def _to_json(value: object) -> dict[str, object]:
    if isinstance(value, Fraction):
        return {"fraction": [value.numerator, value.denominator]}
    if is_dataclass(value):
        shallow = {item.name: getattr(value, item.name) for item in fields(value)}
        return {"message": type(value).__name__, **shallow}
    raise TypeError(f"{type(value).__name__} cannot be sent")


def _from_json(values: dict[str, Any]) -> object:
    if "fraction" in values:
        return Fraction(*values["fraction"])
    kind = _KNOWN[values.pop("message")]
    if kind is SourceSpec:
        values["kind"] = SourceKind(values["kind"])
    return kind(**values)
