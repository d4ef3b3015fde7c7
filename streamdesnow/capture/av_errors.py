"""FFmpeg's errors in this project's terms.

PyAV's own messages are never passed on: they quote the address with its password.
"""

from __future__ import annotations

import errno
from pathlib import Path

import av

from streamdesnow.capture.connect import explain_tls
from streamdesnow.capture.kinds import SourceKind
from streamdesnow.capture.sniff import explain_unreadable
from streamdesnow.capture.spec import SourceSpec
from streamdesnow.errors import (
    CaptureError,
    SourceDamaged,
    SourceNotFound,
    SourceRefused,
    SourceUnreachable,
    SourceUnsupported,
)

__all__ = ["translate"]


def translate(error: Exception, spec: SourceSpec, decoded: int = 0) -> CaptureError:
    """The error to raise for one that came out of PyAV, after so many frames were decoded."""
    if spec.kind is SourceKind.STREAM:
        return _of_stream(error, spec)
    if decoded:
        return SourceDamaged(f"{spec.name}: cannot be read on after frame {decoded - 1}: {_reason(error)}")
    return _of_file(error, spec)


def _of_stream(error: Exception, spec: SourceSpec) -> CaptureError:
    name = spec.name
    match error:
        case av.error.HTTPUnauthorizedError() if spec.username is None:
            return SourceRefused(f"{name}: the server asks for a login (401); set username and password")
        case av.error.HTTPUnauthorizedError():
            return SourceRefused(f"{name}: the server refuses this login (401); check username and password")
        case av.error.HTTPForbiddenError():
            return SourceRefused(f"{name}: this user may not watch the stream (403); ask for another login")
        case av.error.HTTPNotFoundError():
            return SourceNotFound(f"{name}: there is no such stream (404); check the path in the address")
        case av.error.HTTPClientError():
            return SourceUnsupported(
                f"{name}: the server does not accept the request (4xx); try another transport or path"
            )
        case av.error.HTTPServerError():
            return SourceUnreachable(f"{name}: the server has an error of its own (5xx)")
        case av.error.ProtocolNotFoundError():
            scheme = spec.location.partition(":")[0]
            return SourceUnsupported(f"{name}: the installed PyAV was built without {scheme}://")
        case av.error.InvalidDataError():
            return SourceUnsupported(f"{name}: what the server sends is not a video stream")
        case av.error.LookupError():
            return SourceUnsupported(f"{name}: FFmpeg has no decoder for what the server sends")
        case OSError(errno=errno.EPROTONOSUPPORT):
            other = "tcp" if spec.transport == "udp" else "udp"
            return SourceUnsupported(
                f"{name}: the server does not send by {spec.transport}; try transport: {other}"
            )
        case _:
            return explain_tls(spec) or SourceUnreachable(f"{name}: connection lost: {_reason(error)}")


def _of_file(error: Exception, spec: SourceSpec) -> CaptureError:
    match error:
        case av.error.InvalidDataError():
            return explain_unreadable(spec.name, Path(spec.location))
        case av.error.LookupError():
            return SourceUnsupported(f"{spec.name}: FFmpeg has no decoder for it")
        case _:
            return SourceDamaged(f"{spec.name}: reading failed: {_reason(error)}")


def _reason(error: Exception) -> str:
    # `strerror` is the text without the address.
    return getattr(error, "strerror", None) or type(error).__name__
