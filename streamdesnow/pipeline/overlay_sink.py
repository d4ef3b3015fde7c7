"""An output into which what was found is drawn."""

from __future__ import annotations

from streamdesnow.detect.overlay import Overlay
from streamdesnow.frame import CleanedFrame
from streamdesnow.sinks.sink import Sink

__all__ = ["OverlaySink"]


class OverlaySink:
    """Draws in the output's own thread, and hands on to it what comes of that."""

    def __init__(self, sink: Sink, overlay: Overlay) -> None:
        self._sink = sink
        self._overlay = overlay

    @property
    def name(self) -> str:
        """The output's name."""
        return self._sink.name

    @property
    def keeps_all(self) -> bool:
        """Whether a file must wait for it."""
        return self._sink.keeps_all

    def open(self) -> None:
        """Open the output; see `Sink.open`."""
        self._sink.open()

    def write(self, cleaned: CleanedFrame) -> None:
        """Draw, and write; see `Sink.write`."""
        self._sink.write(self._overlay.draw(cleaned))

    def close(self) -> None:
        """Close the output."""
        self._sink.close()
