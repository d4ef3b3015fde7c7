"""The receiving end of SRT, for tests: one connection, read like a file."""

from __future__ import annotations

import ctypes
import socket
import struct
from urllib.parse import parse_qs, urlsplit

from streamdesnow.sinks.srt import PAYLOAD, load_libsrt

__all__ = ["SrtListener"]

_PASSPHRASE = 26


class SrtListener:
    """Listens at `srt://127.0.0.1:PORT[?passphrase=...]` and reads from the first who comes."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._library = load_libsrt()
        self._library.srt_startup()
        listener = self._library.srt_create_socket()
        for passphrase in parse_qs(parts.query).get("passphrase", ()):
            value = passphrase.encode()
            self._library.srt_setsockflag(listener, _PASSPHRASE, value, len(value))
        address = struct.pack("=H", socket.AF_INET) + struct.pack(">H", parts.port or 0)
        address += socket.inet_aton("127.0.0.1") + bytes(8)
        assert self._library.srt_bind(listener, address, len(address)) == 0
        assert self._library.srt_listen(listener, 1) == 0
        print("listening", flush=True)
        self._socket = self._library.srt_accept(listener, None, None)

    def read(self, size: int) -> bytes:
        """What came next; nothing once the sender has said goodbye."""
        buffer = ctypes.create_string_buffer(PAYLOAD)
        length = self._library.srt_recv(self._socket, buffer, PAYLOAD)
        return buffer.raw[: max(0, length)]
