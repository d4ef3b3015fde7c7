"""The files that video can be written to: which codecs they take, and how exactly they count time."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Literal

from streamdesnow.errors import ConfigError

__all__ = ["Codec", "Container", "container_for", "mp4_time_base"]

Codec = Literal["h264", "h265", "ffv1"]

_FINEST = 1_000_000
"""Ticks a second; MP4 counts the time between two frames in 31 bits, here 35 minutes."""

_MILLISECOND = Fraction(1, 1000)


def mp4_time_base(time_base: Fraction) -> Fraction:
    """The time base in which MP4 holds pts of `time_base`: the same times exactly, unless they are finer than
    a microsecond."""
    return Fraction(1, min(time_base.denominator, _FINEST))


@dataclass(frozen=True, slots=True)
class Container:
    """A file format.

    Attributes:
        name: as people say it.
        format: as FFmpeg names it.
        codecs: what it takes.
    """

    name: str
    format: Literal["mp4", "mov", "matroska"]
    codecs: tuple[Codec, ...]

    def time_base(self, wanted: Fraction) -> Fraction:
        """The time base that it stores pts of `wanted` in."""
        return _MILLISECOND if self.format == "matroska" else mp4_time_base(wanted)

    def options(self, time_base: Fraction) -> dict[str, str]:
        """What to tell its muxer, for a time base it stores."""
        if self.format == "matroska":
            return {}
        ticks = str(time_base.denominator)
        return {"video_track_timescale": ticks, "movie_timescale": ticks}


_MP4 = Container("MP4", "mp4", ("h264", "h265", "ffv1"))
_MOV = Container("MOV", "mov", ("h264", "h265"))
_MATROSKA = Container("Matroska", "matroska", ("h264", "h265", "ffv1"))

_BY_SUFFIX = {".mp4": _MP4, ".m4v": _MP4, ".mov": _MOV, ".mkv": _MATROSKA}

_UNFIT = {
    ".avi": "AVI knows no time stamps, only a frame rate",
    ".webm": "WebM takes neither H.264 nor H.265 nor FFV1",
    ".gif": "GIF holds 256 colours",
}


def container_for(path: Path, codec: Codec) -> Container:
    """The container that the path's ending names.

    Raises:
        ConfigError: none, or one that cannot hold this codec; the message says which can.
    """
    suffix = path.suffix.lower()
    container = _BY_SUFFIX.get(suffix)
    if container is not None and codec in container.codecs:
        return container
    fit = ", ".join(ending for ending, each in _BY_SUFFIX.items() if codec in each.codecs)
    if container is not None:
        reason = f"{container.name} takes no {codec.upper()}"
    else:
        unknown = f"{suffix} names no video file that can be written" if suffix else "the name has no ending"
        reason = _UNFIT.get(suffix, unknown)
    raise ConfigError(f"{path}: {reason}; choose one of {fit}")
