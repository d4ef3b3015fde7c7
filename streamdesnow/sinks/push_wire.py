"""What the push process is sent through its standard input: where to connect, then encoded packets."""

from __future__ import annotations

import json
import struct
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import BinaryIO, NamedTuple, Self

__all__ = ["CONNECTED", "Target", "WirePacket"]

CONNECTED = "connected"
"""The line that the push process writes to its standard output once it is; any other says why it failed."""

_TARGET = struct.Struct("<II")
_PACKET = struct.Struct("<qqq?I")


@dataclass(frozen=True, slots=True)
class Target:
    """Where to push to.

    Attributes:
        url: with credentials; so it travels through a pipe, and not on a command line for all to see.
        format: muxer, as FFmpeg names it.
        options: of the muxer.
        timeout: seconds that connecting, or taking one packet, may last.
    """

    url: str
    format: str
    options: dict[str, str]
    timeout: float

    def pack(self, head: bytes) -> bytes:
        """As bytes, with the `head` of a NUT file that describes the stream."""
        data = json.dumps(asdict(self)).encode()
        return _TARGET.pack(len(data), len(head)) + data + head

    @classmethod
    def read(cls, pipe: BinaryIO) -> tuple[Self, bytes]:
        """What was packed: the target and the head."""
        target, head = _TARGET.unpack(pipe.read(_TARGET.size))
        return cls(**json.loads(pipe.read(target))), pipe.read(head)


class WirePacket(NamedTuple):
    """An encoded frame; times in units of `timeline.STREAM_TIME_BASE`."""

    pts: int
    dts: int
    duration: int
    is_keyframe: bool
    data: bytes

    def pack(self) -> bytes:
        """As bytes."""
        return _PACKET.pack(self.pts, self.dts, self.duration, self.is_keyframe, len(self.data)) + self.data

    @classmethod
    def read_all(cls, pipe: BinaryIO) -> Iterator[Self]:
        """Packets until the pipe is closed, by its owner's intention or death."""
        while len(head := pipe.read(_PACKET.size)) == _PACKET.size:
            pts, dts, duration, is_keyframe, length = _PACKET.unpack(head)
            data = pipe.read(length)
            if len(data) < length:
                return
            yield cls(pts, dts, duration, is_keyframe, data)
