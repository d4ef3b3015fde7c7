"""The frames of one camera that are due to be served."""

from __future__ import annotations

from dataclasses import replace

from streamdesnow.capture.source import Source
from streamdesnow.frame import Frame
from streamdesnow.pipeline.relief import Relief

__all__ = ["Intake"]


class Intake:
    """Reads a source; leaves out, of a live one, what is not due under overload."""

    def __init__(self, source: Source, relief: Relief) -> None:
        self._source = source
        self._relief = relief
        self._gap = False

    def read(self, timeout: float) -> Frame | None:
        """The next frame that is due; None if there is none in `timeout` seconds."""
        frame = self._source.read(timeout)
        while frame is not None and self._source.live and not self._relief.due(frame.index):
            # A gap is a gap also if the first frame after it is left out.
            self._gap |= frame.discontinuity
            frame = self._source.read(0.0)
        if frame is not None and self._gap:
            frame, self._gap = replace(frame, discontinuity=True), False
        return frame
