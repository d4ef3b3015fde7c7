"""The process that pushes, seen from here: started, fed, and ended."""

from __future__ import annotations

import contextlib
import signal
import subprocess
import sys
from typing import IO, cast

from streamdesnow.sinks.push_wire import CONNECTED, Target, WirePacket

__all__ = ["PublishError", "Publisher"]

_FINISH = 3.0
"""Seconds that the process has to say goodbye to the server."""


class PublishError(Exception):
    """The server cannot be reached, refused, or went away; the message is the reason, without its address."""


class Publisher:
    """A connection to a media server, held by a process of its own.

    No call lasts much longer than `target.timeout`, because the process does not.

    Args:
        head: the head of a NUT file, up to and with its first packet, which describes the stream.

    Raises:
        PublishError: no connection.
    """

    def __init__(self, target: Target, head: bytes) -> None:
        self._timeout = target.timeout
        self._process = subprocess.Popen(
            # -P: whatever lies in the working directory is not to be imported.
            [sys.executable, "-P", "-m", "streamdesnow.sinks.push_process"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            # Ctrl-C is for the pipeline alone, which then has this process say goodbye to the server.
            start_new_session=True,
        )
        self._input = cast(IO[bytes], self._process.stdin)
        self._output = cast(IO[bytes], self._process.stdout)
        self._write(target.pack(head))
        line = self._read()
        if line != CONNECTED:
            raise self._failure(line)

    def send(self, packet: WirePacket) -> None:
        """Hand over a packet.

        Raises:
            PublishError: the server went away; the publisher is closed.
        """
        self._write(packet.pack())

    def close(self) -> None:
        """Say goodbye to the server and end the process, by force if need be."""
        with contextlib.suppress(OSError):
            self._input.close()
        try:
            self._process.wait(_FINISH)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._output.close()

    def _write(self, data: bytes) -> None:
        try:
            self._input.write(data)
            self._input.flush()
        except OSError as error:
            raise self._failure(self._read()) from error

    def _read(self) -> str:
        return self._output.readline().decode(errors="replace").strip()

    def _failure(self, reason: str) -> PublishError:
        self.close()
        if self._process.returncode == -signal.SIGALRM:
            reason = f"the server did not answer within {self._timeout:g} s"
        return PublishError(reason or "the process that pushes ended")
