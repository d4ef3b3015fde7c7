"""An output into which what was found is drawn."""

from __future__ import annotations

from dataclasses import replace

from streamdesnow.config.output import Show
from streamdesnow.detect.painter import Painter
from streamdesnow.frame import CleanedFrame
from streamdesnow.sinks.sink import Sink

__all__ = ["OverlaySink"]


class OverlaySink:
    """Draws on copies, in the output's own thread, and hands them to it.

    Both pictures of `side_by_side` and `wipe` are drawn into: into the one before cleaning only what was seen
    there, which is known with `detect.compare`.

    Args:
        sink: the output.
        show: what it shows.
        before: draws into pictures before cleaning.
        clean: draws into cleaned pictures; not the same one, for each follows trails through its own frames.
    """

    def __init__(self, sink: Sink, show: Show, before: Painter, clean: Painter) -> None:
        self._sink = sink
        self._show = show
        self._before = before
        self._clean = clean

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
        frame, tracks, image = cleaned.before, cleaned.tracks, cleaned.image
        if self._show != "clean":
            seen = tracks if self._show == "before" else [each for each in tracks if each.seen_in != "clean"]
            frame = replace(frame, image=self._before.paint(frame.image, seen, frame.seconds))
        if self._show != "before":
            image = self._clean.paint(image, tracks, frame.seconds)
        self._sink.write(replace(cleaned, before=frame, image=image))

    def close(self) -> None:
        """Close the output."""
        self._sink.close()
