"""Decoders of graphics hardware: which there may be for a stream."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, cast

import av
import av.error
from av.codec.hwaccel import HWAccel, hwdevices_available
from av.video.codeccontext import VideoCodecContext

__all__ = ["DECODERS", "Candidate", "DecoderKind", "hardware_decoders"]

DecoderKind = Literal["nvdec", "qsv", "vaapi"]
DECODERS: tuple[DecoderKind, ...] = ("nvdec", "qsv", "vaapi")

_CODECS = frozenset({"h264", "hevc", "av1", "vp9"})
"""Worth a detour through other memory; and MJPEG comes back in other colours."""
_DEVICES = {"nvdec": "cuda", "vaapi": "vaapi"}
_RENDER_NODES = "/dev/dri"


@dataclass(frozen=True, slots=True)
class Candidate:
    """A decoder to be tried on a stream's first packets, or why there is none.

    Attributes:
        context: not yet open; None if there is none.
        reason: then says why.
    """

    kind: str
    context: VideoCodecContext | None = None
    reason: str = ""


def hardware_decoders(stream: av.VideoStream, wanted: str) -> Iterator[Candidate]:
    """Decoders for the stream, best first.

    Args:
        wanted: `auto` for all that this machine may have, `software` for none, or one by name.
    """
    codec = stream.codec_context.codec.canonical_name
    if wanted == "software" or codec not in _CODECS:
        return
    for kind in DECODERS:
        if wanted == kind or (wanted == "auto" and _may_be_here(kind)):
            yield _candidate(kind, codec, stream.codec_context)


def _may_be_here(kind: DecoderKind) -> bool:
    """What it costs nothing to find out: not to wait for a library that looks for hardware at every start."""
    if kind == "nvdec":
        return "cuda" in hwdevices_available()
    return kind in hwdevices_available() and any(Path(_RENDER_NODES).glob("renderD*"))


def _candidate(kind: DecoderKind, codec: str, described: VideoCodecContext) -> Candidate:
    try:
        context = _new_context(kind, codec)
    except (av.error.FFmpegError, ValueError, NotImplementedError) as error:
        return Candidate(kind, reason=getattr(error, "strerror", None) or str(error))
    if context is None:
        return Candidate(kind, reason=f"this build of FFmpeg cannot decode {codec} with it")
    context.extradata = described.extradata
    if described.width and described.height:
        context.width, context.height = described.width, described.height
    return Candidate(kind, context)


def _new_context(kind: DecoderKind, codec: str) -> VideoCodecContext | None:
    if kind == "qsv":
        # A decoder of its own; the others are accelerations of FFmpeg's.
        name = f"{codec}_qsv"
        if name not in av.codecs_available:
            return None
        return cast(VideoCodecContext, av.CodecContext.create(name, "r"))
    accelerated = HWAccel(_DEVICES[kind], allow_software_fallback=False)
    context = cast(VideoCodecContext, av.CodecContext.create(codec, "r", hwaccel=accelerated))
    return context if context.is_hwaccel else None
