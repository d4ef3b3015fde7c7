"""Which video encoders work."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from streamdesnow.config.output import RecordConfig
from streamdesnow.doctor.finding import Finding, Level
from streamdesnow.errors import EncoderUnavailable
from streamdesnow.sinks.codecs import EncoderPicker

__all__ = ["encoder_findings"]

_CODECS: tuple[tuple[Literal["h264", "h265"], str], ...] = (("h264", "H.264"), ("h265", "H.265"))


def encoder_findings() -> Iterator[Finding]:
    """For each codec the encoder that recordings and streams will use."""
    for codec, name in _CODECS:
        picker = EncoderPicker("doctor", RecordConfig(codec=codec))
        try:
            picker.check()
        except EncoderUnavailable as error:
            yield Finding.of_error(name, error)
            continue
        encoder = picker.pick(1280, 720).encoder
        advice = (
            "no hardware encoder works here: encoding takes part of the CPU"
            if encoder.startswith("lib")
            else ""
        )
        yield Finding(Level.GOOD, name, encoder, advice)
