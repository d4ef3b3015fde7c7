"""A socket that carries whole messages, and file descriptors with them."""

from __future__ import annotations

import socket
import struct

from streamdesnow.capture.messages import Message, decode, encode

__all__ = ["Channel", "Disconnected"]

_LONGEST = 65_536
_FD = struct.Struct("i")


class Disconnected(Exception):
    """The process at the other end is gone."""


class Channel:
    """One end of a pair of connected sockets. One thread may send while another receives."""

    def __init__(self, connection: socket.socket) -> None:
        self._socket = connection

    @classmethod
    def pair(cls) -> tuple[Channel, socket.socket]:
        """This process's end, and the socket to hand to the other process."""
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        return cls(ours), theirs

    def fileno(self) -> int:
        """For `select`."""
        return self._socket.fileno()

    def send(self, message: Message, fd: int | None = None) -> None:
        """Send a message, and a copy of a file descriptor.

        Raises:
            Disconnected: the other end is gone.
        """
        try:
            socket.send_fds(self._socket, [encode(message)], [] if fd is None else [fd])
        except OSError:
            raise Disconnected from None

    def receive(self, *, wait: bool = True) -> tuple[Message, int | None]:
        """The next message, and the file descriptor that came with it.

        Args:
            wait: False raises BlockingIOError if there is none.

        Raises:
            Disconnected: the other end is gone and everything that it sent has been received.
            ValueError: what came is not a message.
        """
        # Not `socket.recv_fds`: it does not pass flags on.
        flags = socket.MSG_CMSG_CLOEXEC | (0 if wait else socket.MSG_DONTWAIT)
        try:
            data, extras, _, _ = self._socket.recvmsg(_LONGEST, socket.CMSG_LEN(_FD.size), flags)
        except ConnectionError:
            data, extras = b"", []
        if not data:
            raise Disconnected
        return decode(data), _FD.unpack(extras[0][2])[0] if extras else None

    def close(self) -> None:
        """Close this end."""
        self._socket.close()
