"""Encoders of graphics hardware: which there are, their options, and whether they work here."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

import av
import av.error
import numpy as np

from streamdesnow.errors import EncoderUnavailable
from streamdesnow.sinks.encoder import VideoEncoder
from streamdesnow.sinks.recipe import NEVER, Recipe, mp4_tag

__all__ = ["HARDWARE", "Hardware", "Kind", "hardware_encoders", "hardware_recipe", "refusal"]

Kind = Literal["nvenc", "qsv", "vaapi"]
Codec = Literal["h264", "h265"]


@dataclass(frozen=True, slots=True)
class Hardware:
    """A family of encoders.

    Attributes:
        maker: for people.
        encoders: as FFmpeg calls them, by codec.
    """

    maker: str
    encoders: dict[Codec, str]


# In the order of trying: VAAPI drives Intel's hardware too, but QSV gets more out of it.
HARDWARE: dict[Kind, Hardware] = {
    "nvenc": Hardware("NVIDIA", {"h264": "h264_nvenc", "h265": "hevc_nvenc"}),
    "qsv": Hardware("Intel", {"h264": "h264_qsv", "h265": "hevc_qsv"}),
    "vaapi": Hardware("Intel or AMD", {"h264": "h264_vaapi", "h265": "hevc_vaapi"}),
}


def hardware_encoders(codec: Codec, wanted: str) -> Iterator[tuple[Kind, str]]:
    """Encoders to try, best first, that this build of FFmpeg has.

    Args:
        wanted: `auto` for all of them, `software` for none, or one by name.
    """
    for kind, hardware in HARDWARE.items():
        if wanted in ("auto", kind) and hardware.encoders[codec] in av.codecs_available:
            yield kind, hardware.encoders[codec]


def hardware_recipe(kind: Kind, encoder: str, quality: int) -> Recipe:
    """For recording and streaming: every frame comes out at once, keyframes only where they are asked for.

    Args:
        quality: 0 to 51, as of libx264; lower is better.
    """
    # 0 would mean "choose for me".
    level = str(max(1, quality))
    match kind:
        case "nvenc":
            options = {"forced-idr": "1", "no-scenecut": "1", "delay": "0", "zerolatency": "1"}
            options |= {"preset": "p4", "tune": "ull", "rc": "vbr", "cq": level}
            return Recipe(encoder, options | {"g": NEVER, "bf": "0"}, tag=mp4_tag(encoder))
        case "qsv":
            options = {"forced_idr": "1", "async_depth": "1", "preset": "veryfast", "global_quality": level}
            # Its longest group of pictures is 16 bits wide.
            options |= {"g": "65535", "bf": "0"}
            return Recipe(encoder, options, pix_fmt="nv12", tag=mp4_tag(encoder))
        case "vaapi":
            options = {"rc_mode": "CQP", "qp": level, "async_depth": "1", "g": NEVER, "bf": "0"}
            return Recipe(encoder, options, pix_fmt="nv12", tag=mp4_tag(encoder), device="vaapi")


def refusal(recipe: Recipe, width: int, height: int) -> str:
    """Why the encoder does not work here with frames of this size; empty if it does.

    Names say nothing: FFmpeg knows encoders of hardware that is not there. So a grey frame is encoded.
    """
    try:
        with av.open(io.BytesIO(), "w", format="null") as nowhere:
            encoder = VideoEncoder(nowhere, recipe, (width, height), Fraction(1, 90_000))
            grey = np.full((height, width, 3), 128, np.uint8)
            if not [*encoder.encode(grey, 0), *encoder.flush()]:
                return "it encodes nothing"
    except (EncoderUnavailable, av.error.FFmpegError) as error:
        cause = error.__cause__ or error
        return getattr(cause, "strerror", None) or str(cause)
    except (ValueError, TypeError, AttributeError, NotImplementedError) as error:
        # The device is not there, or this release of PyAV cannot encode on such a one.
        return str(error)
    return ""
