"""Which hardware decodes video here."""

from __future__ import annotations

import io
from collections.abc import Iterator

import av
import numpy as np

from streamdesnow.capture.av_decoder import Decoder
from streamdesnow.capture.hardware import hardware_decoders
from streamdesnow.doctor.finding import Finding, Level

__all__ = ["decoder_findings"]

_CODECS = (("libx264", "H.264"), ("libx265", "H.265"))
_SIZE = (640, 360)


def decoder_findings() -> Iterator[Finding]:
    """For each codec what will decode cameras with `decoder: auto`, found out by decoding."""
    for encoder, name in _CODECS:
        if encoder not in av.codecs_available:
            continue
        used = _decoder_of(_clip(encoder))
        advice = "" if not used.startswith("software") else "decoding takes part of the CPU"
        yield Finding(Level.GOOD, f"{name} decoder", used, advice)


def _clip(encoder: str) -> io.BytesIO:
    """A few grey frames."""
    file = io.BytesIO()
    with av.open(file, "w", format="matroska") as container:
        options = {"preset": "ultrafast"} | (
            {"x265-params": "log-level=none"} if encoder == "libx265" else {}
        )
        stream = container.add_stream(encoder, rate=25, options=options)
        assert isinstance(stream, av.VideoStream)
        stream.width, stream.height = _SIZE
        for _ in range(3):
            grey = np.full((_SIZE[1], _SIZE[0], 3), 128, np.uint8)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(grey, format="bgr24")))
        container.mux(stream.encode(None))
    file.seek(0)
    return file


def _decoder_of(clip: io.BytesIO) -> str:
    with av.open(clip, "r") as container:
        stream = container.streams.video[0]
        decoder = Decoder(hardware_decoders(stream, "auto"))
        for packet in container.demux(stream):
            for _ in decoder.decode(packet):
                pass
        return decoder.description
