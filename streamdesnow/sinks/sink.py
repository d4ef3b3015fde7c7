"""The seam between the pipeline and wherever results go."""

from __future__ import annotations

from typing import Protocol

from streamdesnow.config.output import Show
from streamdesnow.frame import CleanedFrame

__all__ = ["Sink", "sink_name"]


def sink_name(kind: str, camera: str, show: Show = "clean") -> str:
    """Name of an output: `record[gate]`, or where it shows something else `record[gate, side_by_side]`."""
    return f"{kind}[{camera}]" if show == "clean" else f"{kind}[{camera}, {show}]"


class Sink(Protocol):
    """One output of one camera. Constructed from its config, then open, write ..., close.

    A sink is called from one thread only, its own, and may block there: the queue in front of it
    (`pipeline`) sees to it that nobody else waits. It learns frame size and time base from the
    first frame it is given, and copes when they change.
    """

    @property
    def name(self) -> str:
        """Kind and camera for logs and tables; see `sink_name`."""
        ...

    @property
    def keeps_all(self) -> bool:
        """True if a file source must wait for this sink rather than lose a frame (recorder, images, HLS)."""
        ...

    def open(self) -> None:
        """Check what can be checked before the first frame (directory writable, encoder there).

        Raises:
            SinkError: it can never work as configured.
        """
        ...

    def write(self, cleaned: CleanedFrame) -> None:
        """Write one frame.

        Raises:
            SinkRefused: the other side went away; the runner will close, wait and open again.
            SinkError: anything else; the runner does the same and says so.
        """
        ...

    def close(self) -> None:
        """Finish what is being written so that it can be played. May be called twice."""
        ...
