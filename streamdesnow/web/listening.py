"""The socket that the page is served on."""

from __future__ import annotations

import socket

from streamdesnow.config.address import Address

__all__ = ["listening"]

_BUFFER = 128 * 1024
"""Bytes on their way to a viewer: what a slow network holds back grows old there."""
_GONE_S = 60
"""After which a viewer whose machine is gone without a word counts as gone."""


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
        # What follows holds for the connections too.
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _BUFFER)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, _GONE_S // 2)
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPINTVL, _GONE_S // 6)
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPCNT, 3)
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, 1000 * _GONE_S)
        listener.bind(where)
        listener.listen()
    except BaseException:
        listener.close()
        raise
    return listener
