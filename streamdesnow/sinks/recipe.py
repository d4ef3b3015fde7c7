"""An encoder with everything that it has to be told."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

__all__ = ["NEVER", "Recipe", "mp4_tag"]

NEVER = str(1 << 30)
"""Frames between keyframes: they come where the caller asks for them."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """An encoder as FFmpeg names it, its options, and the pixels it is fed.

    Attributes:
        tag: what MP4 calls the codec; None for FFmpeg's choice.
        device: kind of hardware that frames are uploaded to; None where the encoder takes them from memory.
    """

    encoder: str
    options: dict[str, str]
    pix_fmt: Literal["yuv420p", "nv12", "bgr0"] = "yuv420p"
    tag: str | None = None
    device: str | None = None


def mp4_tag(encoder: str) -> str | None:
    """What MP4 is to call what this encoder makes; None for FFmpeg's choice."""
    # Apple's players know H.265 only by this tag.
    return "hvc1" if encoder.startswith(("libx265", "hevc")) else None
