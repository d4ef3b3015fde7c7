"""A capture process: reads one source for the pipeline, in a place where it can crash or hang alone."""

from __future__ import annotations

import ctypes
import os
import queue
import resource
import signal
import socket
import threading
import traceback

from streamdesnow.capture.channel import Channel, Disconnected
from streamdesnow.capture.feed import Feed
from streamdesnow.capture.make_reader import make_reader
from streamdesnow.capture.messages import Alive, Close, Ended, Failed, Message, Note, Open, Release
from streamdesnow.capture.outbox import Outbox
from streamdesnow.clock import SystemClock
from streamdesnow.errors import CaptureError
from streamdesnow.heap import keep_freed_memory

__all__ = ["CaptureChild", "main"]

_HEARTBEAT = 1.0
_PR_SET_PDEATHSIG = 1


def main(fd: int) -> None:
    """Serve the pipeline at the other end of socket `fd` until it says so, or is gone."""
    _live_and_die_with_parent()
    keep_freed_memory()
    CaptureChild(Channel(socket.socket(fileno=fd))).run()


class CaptureChild:
    """Carries out what the pipeline says. It stays after a failure: to be told to try again costs a message,
    to be started again half a second.

    Args:
        channel: to the pipeline.
    """

    def __init__(self, channel: Channel) -> None:
        self._channel = channel
        self._orders: queue.SimpleQueue[Open | Close] = queue.SimpleQueue()
        self._stopping = threading.Event()
        self._outbox: Outbox | None = None
        self._clock = SystemClock()
        self._sent_at = 0.0

    def run(self) -> None:
        """Work until told to close."""
        threading.Thread(target=self._listen, name="orders", daemon=True).start()
        while isinstance(order := self._orders.get(), Open):
            try:
                self._capture(order)
            except Disconnected:
                return

    def _capture(self, order: Open) -> None:
        # From now on the watchdog counts.
        self._send(Alive())
        outbox = self._outbox = self._outbox or Outbox(self._channel, order.spec.live)
        reader = make_reader(order.spec, self._heartbeat, lambda text: self._send(Note(text)), outbox.canvas)
        stopping = self._stopping.is_set
        feed = Feed(
            order.spec, reader, outbox, self._send, self._heartbeat, self._clock, order.skip, stopping
        )
        try:
            feed.open()
            while not stopping() and feed.run_once():
                pass
            self._send(Ended())
        except CaptureError as error:
            self._send(Failed.of(error, order.spec.secrets))
        except Disconnected:
            raise
        except Exception as error:
            traceback.print_exc()
            fault = CaptureError(f"{order.spec.name}: unexpected {type(error).__name__}: {error}")
            self._send(Failed.of(fault, order.spec.secrets))
        finally:
            reader.close()

    def _listen(self) -> None:
        while True:
            try:
                message, _ = self._channel.receive()
            except Disconnected:
                # Nobody is left to read for, and the reader may be stuck.
                os._exit(0)
            self._obey(message)

    def _obey(self, message: Message) -> None:
        outbox = self._outbox
        if isinstance(message, Release) and outbox is not None:
            outbox.release(message.memory, message.slot)
        elif isinstance(message, Close):
            self._stopping.set()
            if outbox is not None:
                outbox.close()
            self._orders.put(message)
        elif isinstance(message, Open):
            self._orders.put(message)

    def _heartbeat(self) -> None:
        if self._clock.monotonic() - self._sent_at >= _HEARTBEAT:
            self._send(Alive())

    def _send(self, message: Message) -> None:
        self._channel.send(message)
        self._sent_at = self._clock.monotonic()


def _live_and_die_with_parent() -> None:
    # A service manager's SIGTERM reaches every process of the group; when to stop is the parent's word.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    # The end of the socket says that the parent is gone, but not to a process that is stuck.
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    # A decoder that crashes again and again must not fill the disk with core files.
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
