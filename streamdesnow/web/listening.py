"""The socket that the page is served on."""

from __future__ import annotations

import socket

from streamdesnow.config.address import Address

__all__ = ["listening"]

_BUFFER = 128 * 1024
"""Bytes on their way to a viewer: what a slow network holds back grows old there."""


def listening(address: Address) -> socket.socket:
    """A socket that listens there.

    Raises:
        OSError: the address is taken, or none of this machine's.
    """
    found = socket.getaddrinfo(address.host, address.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    family, kind, protocol, _, where = found[0]
    listener = socket.socket(family, kind, protocol)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _BUFFER)
        listener.bind(where)
        listener.listen()
    except BaseException:
        listener.close()
        raise
    return listener
