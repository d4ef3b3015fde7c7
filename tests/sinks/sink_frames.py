"""Frames for tests of sinks, and what was made of them."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import NamedTuple

import av
from clips import numbered_frame, read_number

from streamdesnow.frame import CleanedFrame, Frame, Image

__all__ = ["BEFORE", "Video", "cleaned", "probe"]

BEFORE = 2000
"""The picture before cleaning carries its number plus this."""


def cleaned(
    number: int,
    *,
    size: tuple[int, int] = (320, 240),
    pts: int | None = None,
    time_base: Fraction = Fraction(1, 25),
    discontinuity: bool = False,
    captured_at: float | None = None,
    sar: Fraction = Fraction(1),
) -> CleanedFrame:
    """Frame `number` of camera `gate`; its pts is its number unless told."""
    frame = Frame(
        image=numbered_frame(number + BEFORE, size),
        pts=number if pts is None else pts,
        time_base=time_base,
        captured_at=number / 25 if captured_at is None else captured_at,
        camera="gate",
        index=number,
        discontinuity=discontinuity,
        sar=sar,
    )
    return CleanedFrame(frame, numbered_frame(number, size), restored_at=frame.captured_at)


class Video(NamedTuple):
    """What a reader finds in a video.

    Attributes:
        size: (width, height).
        times: seconds of each frame, exactly.
        keyframes: which of them are keyframes.
        duration: seconds, as the container says; None if it does not.
        images: BGR uint8.
    """

    codec: str
    size: tuple[int, int]
    times: list[Fraction]
    keyframes: list[int]
    duration: float | None
    images: list[Image]

    @property
    def numbers(self) -> list[int]:
        """What the pictures carry."""
        return [read_number(image) for image in self.images]


def probe(path: Path | str) -> Video:
    """Decode a whole video."""
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        frames = list(container.decode(stream))
        return Video(
            codec=stream.codec_context.name,
            size=(stream.width, stream.height),
            times=[(frame.pts or 0) * (frame.time_base or Fraction(0)) for frame in frames],
            keyframes=[index for index, frame in enumerate(frames) if frame.key_frame],
            duration=None if container.duration is None else container.duration / av.time_base,
            images=[frame.to_ndarray(format="bgr24") for frame in frames],
        )
