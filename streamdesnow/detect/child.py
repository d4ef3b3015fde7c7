"""A detector's process: looks at pictures for the pipeline, where it can crash, hang or print alone."""

from __future__ import annotations

import importlib
import os
import resource
import select
import signal
import socket
import threading
from collections.abc import Callable

import numpy as np

from streamdesnow.detect.detector import Detector
from streamdesnow.detect.wire import Failed, Found, HungUp, Look, Open, Ready, Wire

__all__ = ["main", "serve"]

Factory = Callable[[str], Detector]

_NICENESS = 5


def main(fd: int, factory: str) -> None:
    """Serve the pipeline at the other end of socket `fd` until it is gone.

    Args:
        fd: the socket.
        factory: `module:function`, which makes a detector from its config as JSON.
    """
    _be_modest()
    connection = socket.socket(fileno=fd)
    threading.Thread(target=_end_with_the_pipeline, args=(fd,), name="watch", daemon=True).start()
    module, _, name = factory.partition(":")
    serve(Wire(connection), getattr(importlib.import_module(module), name))


def serve(wire: Wire, factory: Factory) -> None:
    """Open the detector that is asked for, then answer every picture."""
    try:
        detector = _opened(wire, factory)
        while detector is not None:
            wire.send(_answer(detector, *wire.receive()))
    except HungUp:
        return


def _opened(wire: Wire, factory: Factory) -> Detector | None:
    order, _ = wire.receive()
    if not isinstance(order, Open):
        return None
    try:
        detector = factory(order.config)
        detector.open()
    except Exception as error:
        wire.send(Failed.of(error))
        return None
    wire.send(Ready(detector.labels))
    return detector


def _answer(detector: Detector, order: object, pixels: bytearray) -> Found | Failed:
    if not isinstance(order, Look):
        return Failed.of(ValueError("not a picture"))
    try:
        image = np.frombuffer(pixels, np.uint8).reshape(order.height, order.width, 3)
        return Found(detector.detect(image))
    except Exception as error:
        return Failed.of(error)


def _be_modest() -> None:
    # A service manager's SIGTERM and a terminal's Ctrl-C are for the pipeline, which then ends this process.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    # A library that crashes again and again must not fill the disk with core files.
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    # Capture, restoration and encoding come first: without them there is nothing to look at.
    os.nice(_NICENESS)


def _end_with_the_pipeline(fd: int) -> None:
    """The pipeline's end is heard even while the network computes, or is stuck."""
    poll = select.poll()
    poll.register(fd, select.POLLHUP)
    poll.poll()
    os._exit(0)
