"""The seam between capture and the libraries that decode."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import Protocol

from streamdesnow.frame import Image

__all__ = ["Canvas", "DecodedFrame", "Reader", "SourceInfo", "own_memory"]

Canvas = Callable[[int, int], Image | None]
"""Where a picture of that width and height is to be drawn, uint8 (H, W, 3); None: in memory of its own."""


def own_memory(width: int, height: int) -> Image | None:
    """The canvas that there is none."""
    return None


@dataclass(frozen=True, slots=True, eq=False)
class DecodedFrame:
    """A picture fresh from a decoder.

    Attributes:
        image: uint8 (H, W, 3) BGR, 0..255, contiguous.
        pts: presentation time stamp in units of `time_base`, as the container gave it.
        time_base: seconds per unit of `pts`.
        missed: frames before it that were passed over, because the reader was too slow for the camera.
        sar: sample aspect ratio, the width of a pixel by its height; 1 where the source names none.
    """

    image: Image
    pts: int
    time_base: Fraction
    missed: int = 0
    sar: Fraction = Fraction(1)


@dataclass(frozen=True, slots=True)
class SourceInfo:
    """What a source says of itself before its first frame; None where it does not say.

    Attributes:
        description: container or device, for people.
        codec: name of the video codec, as FFmpeg calls it.
        pixel_format: as FFmpeg calls it.
        width, height: pixels.
        fps: average frames per second.
        time_base: seconds per unit of `pts`.
        frames: number of frames, an estimate where the container keeps no count.
        duration: seconds.
        decoder: what decodes it, and why other things do not.
        sound: whether there is sound beside the pictures.
    """

    description: str
    codec: str | None = None
    pixel_format: str | None = None
    width: int | None = None
    height: int | None = None
    fps: Fraction | None = None
    time_base: Fraction | None = None
    frames: int | None = None
    duration: float | None = None
    decoder: str | None = None
    sound: bool = False


class Reader(Protocol):
    """One source read with one library: open, read ..., close. Used from one thread."""

    @property
    def info(self) -> SourceInfo:
        """What is known of the source; after `open`."""
        ...

    @property
    def skipped(self) -> int:
        """Packets that could not be decoded and were passed over."""
        ...

    def open(self) -> None:
        """Connect or open the file. May take as long as the network pleases: a watchdog waits outside.

        Raises:
            CaptureError: the subclass says what kind of failure.
        """
        ...

    def read(self) -> DecodedFrame | None:
        """The next frame; None at the end.

        Raises:
            CaptureError: the subclass says what kind of failure.
        """
        ...

    def close(self) -> None:
        """Let go of the source. May be called twice."""
        ...
