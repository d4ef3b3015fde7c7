"""One audio stream on its way into another container."""

from __future__ import annotations

import contextlib
import io
from collections.abc import Iterator
from typing import cast

import av
import av.error
from av.audio.stream import AudioStream
from av.container import OutputContainer
from av.packet import Packet

__all__ = ["AudioTrack"]

_ENDINGS = {"mov": ".mov", "mp4": ".mp4", "matroska": ".mkv"}
_ENCODERS = {"mov": "aac", "mp4": "aac", "matroska": "flac"}
"""By format. AAC begins before 0, which Matroska has no place for; in MP4 not every player knows FLAC."""
_AAC_RATES = (7350, 8000, 11025, 12000, 16000, 22050, 24000, 32000, 44100, 48000, 64000, 88200, 96000)
"""Samples a second that AAC knows (ISO 14496-3 table 1.18)."""
_LAYOUTS = {1: "mono", 2: "stereo", 6: "5.1", 8: "7.1"}
"""By number of channels; what is encoded and has another is mixed to stereo."""


class AudioTrack:
    """Copied as it is where the container takes its codec, else encoded as AAC (MP4, MOV) or FLAC (Matroska).

    Args:
        joined: opened for writing; gets another stream.
        stream: what is to be heard.

    Attributes:
        change: what becomes of it and which endings would keep it, for people; empty if it is copied.

    Raises:
        ValueError: neither can be done; the message names endings of files that take it as it is.
    """

    def __init__(self, joined: OutputContainer, stream: AudioStream) -> None:
        container = joined.format.name
        self.change = ""
        if _takes(container, stream):
            self._target = joined.add_stream_from_template(stream)
            if "channels" in stream.layout.name and stream.channels in _LAYOUTS:
                # AVI and Matroska only count them; MP4 has to say which is which.
                self._target.layout = _LAYOUTS[stream.channels]
        else:
            name, keeps = _ENCODERS.get(container, "aac"), _who_takes(stream)
            self._target = _encoder(joined, stream, name, keeps)
            self.change = f"{stream.codec_context.name} becomes {name.upper()}{keeps}"

    def feed(self, packet: Packet[AudioStream]) -> Iterator[Packet[AudioStream]]:
        """What is ready for the container; an empty packet ends the stream."""
        if not self.change:
            if packet.size:
                packet.stream = self._target
                yield packet
            return
        # A damaged packet costs what it holds, not the sound.
        with contextlib.suppress(av.error.InvalidDataError):
            for frame in packet.decode():
                yield from self._target.encode(frame)
        if not packet.size:
            yield from self._target.encode(None)


def _encoder(joined: OutputContainer, stream: AudioStream, name: str, keeps: str) -> AudioStream:
    context = stream.codec_context
    if context is None:
        raise ValueError("FFmpeg has no decoder for it")
    rate = context.sample_rate
    if name == "aac":
        rate = next((known for known in _AAC_RATES if known >= rate), _AAC_RATES[-1])
    try:
        target = cast(AudioStream, joined.add_stream(name, rate=rate))
    except ValueError:
        raise ValueError(f"{joined.format.name} does not take {context.name}{keeps}") from None
    target.layout = _LAYOUTS.get(context.channels, "stereo")
    return target


def _who_takes(stream: AudioStream) -> str:
    endings = " or ".join(ending for name, ending in _ENDINGS.items() if _takes(name, stream))
    return endings and f"; {endings} would keep it as it is"


def _takes(name: str, stream: AudioStream) -> bool:
    """Found out by beginning a file: not all that a muxer lists it can write."""
    try:
        with av.open(io.BytesIO(), "w", format=name) as nowhere:
            nowhere.add_stream_from_template(stream)
            nowhere.start_encoding()
    except (av.error.FFmpegError, ValueError):
        return False
    return True
