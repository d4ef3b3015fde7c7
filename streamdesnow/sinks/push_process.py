"""Sends encoded packets to a media server, as a process: `python -m streamdesnow.sinks.push_process`.

FFmpeg connects and writes without a usable time limit, and PyAV holds Python's global lock while it connects:
a server that accepts and then says nothing would stop every camera. Here it can only stop this process, which
has the kernel end it when one step takes too long. See `push_wire` for what it reads.
"""

from __future__ import annotations

import os
import signal
import socket
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from io import BytesIO
from typing import BinaryIO
from urllib.parse import urlsplit

import av
import av.error
from av.container import OutputContainer
from av.video.stream import VideoStream

from streamdesnow.sinks.push_wire import CONNECTED, Target, WirePacket
from streamdesnow.sinks.srt import PAYLOAD, SrtError, SrtSender
from streamdesnow.sinks.timeline import STREAM_TIME_BASE

__all__ = ["main"]


def main() -> None:
    """Read from standard input until it is closed; say `connected`, or why not, on standard output."""
    pipe = sys.stdin.buffer
    target, head = Target.read(pipe)
    try:
        _push(pipe, target, head)
    except (av.error.FFmpegError, SrtError, OSError, ValueError) as error:
        # Only the reason: str(error) of PyAV holds the address, password included.
        _say(getattr(error, "strerror", None) or str(error))
        # At once: FFmpeg says goodbye when its memory is freed, and would wait for the answer.
        os._exit(1)


def _push(pipe: BinaryIO, target: Target, head: bytes) -> None:
    with av.open(BytesIO(head), format="nut") as described, ExitStack() as stack:
        with _at_most(target.timeout):
            container = _connect(target, stack)
            stream = container.add_stream_from_template(described.streams.video[0])
            container.start_encoding()
        _say(CONNECTED)
        for packet in WirePacket.read_all(pipe):
            with _at_most(target.timeout):
                _mux(container, stream, packet)
        with _at_most(target.timeout):
            container.close()
            stack.close()


def _connect(target: Target, stack: ExitStack) -> OutputContainer:
    """The connection as FFmpeg sees it; what it needs besides is closed with `stack`."""
    try:
        socket.getaddrinfo(urlsplit(target.url).hostname, None)
    except socket.gaierror as error:
        # FFmpeg would call this an input/output error.
        raise OSError(error.errno, f"the host cannot be found ({error.strerror})") from error
    if not target.url.startswith("srt:"):
        return av.open(target.url, "w", format=target.format, container_options=target.options)
    sender = SrtSender(target.url, target.timeout)
    stack.callback(sender.close)
    return av.open(sender, "w", format=target.format, container_options=target.options, buffer_size=PAYLOAD)


def _mux(container: OutputContainer, stream: VideoStream, packet: WirePacket) -> None:
    muxed: av.Packet[VideoStream] = av.Packet(packet.data)  # type: ignore[assignment]
    muxed.pts, muxed.dts, muxed.duration = packet.pts, packet.dts, packet.duration
    muxed.time_base = STREAM_TIME_BASE
    muxed.is_keyframe = packet.is_keyframe
    muxed.stream = stream
    container.mux(muxed)


@contextmanager
def _at_most(seconds: float) -> Iterator[None]:
    """Have the kernel end this process if it is still in here after `seconds`.

    Python could not: it gets no turn while FFmpeg waits.
    """
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def _say(line: str) -> None:
    print(line.replace("\n", " "), flush=True)


if __name__ == "__main__":
    main()
