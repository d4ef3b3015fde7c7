"""What a detector's process and the pipeline say to each other: JSON messages over a socket, one of them with
pixels behind it.

JSON, not pickle: a library that a hostile picture has taken over must not be able to run code in the
pipeline.
"""

from __future__ import annotations

import contextlib
import socket
import struct
import time
from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import Field, TypeAdapter

from streamdesnow import errors
from streamdesnow.detect.detection import Detection
from streamdesnow.errors import DetectorFailed, StreamDesnowError

__all__ = ["Failed", "Found", "HungUp", "Look", "Message", "Open", "Ready", "Wire"]


@dataclass(frozen=True, slots=True)
class Open:
    """To the process: become this detector."""

    config: str
    kind: Literal["open"] = "open"


@dataclass(frozen=True, slots=True)
class Look:
    """To the process, with the pixels behind it: what is in this picture?"""

    width: int
    height: int
    kind: Literal["look"] = "look"


@dataclass(frozen=True, slots=True)
class Ready:
    """From the process: the detector is open and knows these classes."""

    labels: tuple[str, ...]
    kind: Literal["ready"] = "ready"


@dataclass(frozen=True, slots=True)
class Found:
    """From the process: this is in the picture."""

    detections: tuple[Detection, ...]
    kind: Literal["found"] = "found"


@dataclass(frozen=True, slots=True)
class Failed:
    """From the process: it could not be opened, or failed on the picture."""

    error: str
    text: str
    kind: Literal["failed"] = "failed"

    @classmethod
    def of(cls, error: Exception) -> Failed:
        """An error as a message."""
        if isinstance(error, StreamDesnowError):
            return cls(type(error).__name__, str(error))
        return cls(DetectorFailed.__name__, f"unexpected {type(error).__name__}: {error}")

    def again(self) -> StreamDesnowError:
        """The error again."""
        kind = getattr(errors, self.error, DetectorFailed)
        known = isinstance(kind, type) and issubclass(kind, StreamDesnowError)
        return kind(self.text) if known else DetectorFailed(self.text)


Message = Open | Look | Ready | Found | Failed
_MESSAGE: TypeAdapter[Message] = TypeAdapter(Annotated[Message, Field(discriminator="kind")])
_LENGTHS = struct.Struct(">QQ")
_LONGEST = 1 << 30


class HungUp(Exception):
    """The process at the other end is gone, or talks nonsense."""


class Wire:
    """One end of a pair of connected sockets."""

    def __init__(self, connection: socket.socket) -> None:
        self._socket = connection

    @classmethod
    def pair(cls) -> tuple[Wire, socket.socket]:
        """This process's end, and the socket to hand to the other process."""
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
        return cls(ours), theirs

    def send(self, message: Message, pixels: bytes | memoryview = b"", timeout: float | None = None) -> None:
        """Send a message, and pixels.

        Raises:
            TimeoutError: the other end did not take them in `timeout` seconds.
            HungUp: it is gone.
        """
        text = _MESSAGE.dump_json(message)
        self._socket.settimeout(timeout)
        try:
            self._socket.sendall(_LENGTHS.pack(len(text), len(pixels)) + text)
            self._socket.sendall(pixels)
        except TimeoutError:
            raise
        except OSError as error:
            raise HungUp from error

    def receive(self, timeout: float | None = None) -> tuple[Message, bytearray]:
        """The next message, and the pixels that came with it.

        Raises:
            TimeoutError: it was not there in `timeout` seconds.
            HungUp: the other end is gone, or what came is no message.
        """
        deadline = None if timeout is None else time.monotonic() + timeout
        lengths = _LENGTHS.unpack(self._read(_LENGTHS.size, deadline))
        if max(lengths) > _LONGEST:
            raise HungUp("not a message")
        text, pixels = (self._read(length, deadline) for length in lengths)
        try:
            return _MESSAGE.validate_json(text), pixels
        except ValueError as error:
            raise HungUp("not a message") from error

    def close(self) -> None:
        """Close this end; whoever waits at either end is woken."""
        # The other end may have gone first.
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()

    def _read(self, length: int, deadline: float | None) -> bytearray:
        data = bytearray(length)
        view, done = memoryview(data), 0
        while done < length:
            # A timeout of zero would mean not to wait at all, and raise another error.
            left = None if deadline is None else max(deadline - time.monotonic(), 1e-3)
            self._socket.settimeout(left)
            try:
                count = self._socket.recv_into(view[done:])
            except TimeoutError:
                raise
            except OSError as error:
                raise HungUp from error
            if count == 0:
                raise HungUp
            done += count
        return data
