"""SRT, the part that a sender needs, by the system's libsrt.

PyAV's wheels come without SRT since version 16. The library is small, and every distribution has it.
"""

from __future__ import annotations

import ctypes
import socket
import struct
import time
from collections.abc import Mapping
from enum import IntEnum
from urllib.parse import parse_qsl, urlsplit

__all__ = ["PAYLOAD", "SrtError", "SrtSender", "load_libsrt"]

PAYLOAD = 1316
"""Bytes in a packet: seven of MPEG-TS, which is what all receivers expect."""

_NAMES = tuple(
    f"libsrt{crypto}.so.{v}" for v in ("1.5", "1.4", "1") for crypto in ("", "-gnutls", "-openssl")
)
_MISSING = (
    "SRT needs the library libsrt, which is not installed (Debian and Ubuntu: apt-get install "
    "libsrt1.5-gnutls; Fedora: dnf install srt-libs)"
)
_LINGER = 0.3
"""Seconds between the last packet and goodbye: receivers forget what they have not shown by then."""


class _Option(IntEnum):
    """Socket options, numbered as in srt.h."""

    LATENCY = 23
    PASSPHRASE = 26
    PBKEYLEN = 27
    CONNTIMEO = 36
    STREAMID = 46
    PEERIDLETIMEO = 55


class SrtError(Exception):
    """Connecting or sending failed; the message names no address and no secret."""


def load_libsrt() -> ctypes.CDLL:
    """The library.

    Raises:
        SrtError: it is not installed; the message says how to.
    """
    for name in _NAMES:
        try:
            library = ctypes.CDLL(name)
        except OSError:
            continue
        library.srt_getlasterror_str.restype = ctypes.c_char_p
        library.srt_rejectreason_str.restype = ctypes.c_char_p
        return library
    raise SrtError(_MISSING)


class SrtSender:
    """A connection to an SRT listener, which a muxer writes to as to a file.

    Args:
        url: `srt://host:port`, with any of the parameters `streamid`, `passphrase`, `pbkeylen` (bytes) and
            `latency` (milliseconds).
        timeout: seconds that connecting may take, and that the listener may be silent afterwards.

    Raises:
        SrtError: a parameter is wrong, there is no such host, or the listener does not answer or refuses.
    """

    def __init__(self, url: str, timeout: float) -> None:
        parts = urlsplit(url)
        address = _socket_address(parts.hostname or "", parts.port or 0)
        self._library = load_libsrt()
        self._library.srt_startup()
        self._socket = self._library.srt_create_socket()
        self._connected = False
        try:
            for option in (_Option.CONNTIMEO, _Option.PEERIDLETIMEO):
                self._set(option, struct.pack("=i", round(timeout * 1000)))
            self._configure(dict(parse_qsl(parts.query)))
            self._connect(address)
            self._connected = True
        except SrtError:
            self.close()
            raise

    def write(self, data: bytes) -> int:
        """Send at most `PAYLOAD` bytes as one packet."""
        if self._library.srt_send(self._socket, data, len(data)) < 0:
            raise SrtError(self._last_error())
        return len(data)

    def close(self) -> None:
        """Let what was sent be shown, and disconnect."""
        if self._connected:
            time.sleep(_LINGER)
        self._library.srt_close(self._socket)
        self._library.srt_cleanup()

    def _configure(self, parameters: Mapping[str, str]) -> None:
        for name, value in parameters.items():
            match name:
                case "streamid" | "passphrase":
                    self._set(_Option[name.upper()], value.encode())
                case "latency" | "pbkeylen" if value.isdecimal():
                    self._set(_Option[name.upper()], struct.pack("=i", int(value)))
                case "mode" if value == "caller":
                    pass
                case _:
                    raise SrtError(f"the address's parameter {name} is unknown or its value is not valid")

    def _set(self, option: _Option, value: bytes) -> None:
        if self._library.srt_setsockflag(self._socket, int(option), value, len(value)) < 0:
            raise SrtError(f"{option.name.lower()} is not valid ({self._last_error()})")

    def _connect(self, address: bytes) -> None:
        if self._library.srt_connect(self._socket, address, len(address)) < 0:
            failed = self._last_error()
            reason = self._library.srt_rejectreason_str(self._library.srt_getrejectreason(self._socket))
            raise SrtError(f"{failed} ({reason.decode()})")

    def _last_error(self) -> str:
        text: bytes = self._library.srt_getlasterror_str()
        return text.decode(errors="replace")


def _socket_address(host: str, port: int) -> bytes:
    """The C structure `sockaddr_in` or `sockaddr_in6`."""
    try:
        family, *_, address = socket.getaddrinfo(host, port, type=socket.SOCK_DGRAM)[0]
    except OSError as error:
        raise SrtError(f"the host cannot be found: {error.strerror}") from error
    head = struct.pack("=H", family) + struct.pack(">H", port)
    if family == socket.AF_INET6:
        return head + bytes(4) + socket.inet_pton(family, str(address[0])) + bytes(4)
    return head + socket.inet_pton(family, str(address[0])) + bytes(8)
