"""Which encoder writes video, and with which options."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal, cast

import av
import av.error
from av.video.codeccontext import VideoCodecContext

from streamdesnow.config.output import HlsConfig, PushConfig, RecordConfig
from streamdesnow.errors import EncoderUnavailable

__all__ = ["EncoderPicker", "Recipe", "file_recipe", "live_recipe"]

_log = logging.getLogger(__name__)

_SOFTWARE = {"h264": "libx264", "h265": "libx265"}
_NVENC = {"h264": "h264_nvenc", "h265": "hevc_nvenc"}

# Keyframes come where the caller asks for them; encoders are told never to place one of their own. Parameter
# sets come with every one of them: who joins a stream, or meets another frame size, needs nothing else.
_NEVER = str(1 << 30)
_NO_OWN_KEYFRAMES = {
    "libx264": {"g": _NEVER, "sc_threshold": "0", "x264-params": "repeat-headers=1"},
    "libx265": {"x265-params": "keyint=-1:scenecut=0:log-level=none:repeat-headers=1"},
    "h264_nvenc": {"g": _NEVER, "no-scenecut": "1"},
    "hevc_nvenc": {"g": _NEVER, "no-scenecut": "1"},
}


@dataclass(frozen=True, slots=True)
class Recipe:
    """An encoder as FFmpeg names it, its options, and the pixels it is fed.

    Attributes:
        tag: what MP4 calls the codec; None for FFmpeg's choice.
    """

    encoder: str
    options: dict[str, str]
    pix_fmt: Literal["yuv420p", "bgr0"] = "yuv420p"
    tag: str | None = None


def live_recipe(encoder: str, quality: int, preset: str) -> Recipe:
    """For recording and streaming: every frame comes out at once, keyframes only where they are asked for.

    Looking ahead would save about a fifth of the bits. But frames that wait inside an encoder are lost with
    the process, and at low frame rates they are many seconds: a recorder could not promise how much that is.
    """
    options = {"forced-idr": "1", **_NO_OWN_KEYFRAMES[encoder]}
    if encoder in _NVENC.values():
        # cq 0 would mean "choose for me".
        options |= {"preset": "p4", "tune": "ull", "rc": "vbr", "cq": str(max(1, quality))}
        options |= {"delay": "0", "zerolatency": "1", "bf": "0"}
    else:
        options |= {"preset": preset, "tune": "zerolatency", "crf": str(quality)}
    return Recipe(encoder, options, tag=_tag(encoder))


def file_recipe(
    codec: Literal["h264", "h265", "ffv1"], size: tuple[int, int], quality: int, preset: str
) -> Recipe:
    """For files that are written once: B-frames and lookahead; `ffv1` is lossless."""
    if codec == "ffv1":
        # A checksum for each slice finds damage.
        options = {"level": "3", "slicecrc": "1", "g": "1"} | _ffv1_slices(size)
        return Recipe("ffv1", options, pix_fmt="bgr0")
    encoder = _SOFTWARE[codec]
    options = {"preset": preset, "crf": str(quality)}
    if encoder == "libx265":
        options["x265-params"] = "log-level=none"
    return Recipe(encoder, options, tag=_tag(encoder))


def _ffv1_slices(size: tuple[int, int]) -> dict[str, str]:
    """Slices use several cores. A tiny picture is one, but FFmpeg cuts whatever is larger than CIF."""
    if min(size) >= 16:
        return {"slices": "4"}
    return {"slices": "1"} if size[0] <= 352 and size[1] <= 288 else {}


class EncoderPicker:
    """Picks the encoder of one output: the GPU's where it is wanted and works, else software, saying so once.

    Args:
        sink: name of the output, for messages.
    """

    def __init__(self, sink: str, config: RecordConfig | PushConfig | HlsConfig) -> None:
        self._sink = sink
        self._config = config
        self._gpu = config.encoder != "software"

    def check(self) -> None:
        """Raise EncoderUnavailable if this FFmpeg has no software encoder for the codec."""
        encoder = _SOFTWARE[self._config.codec]
        if encoder not in av.codecs_available:
            raise EncoderUnavailable(
                f"{self._sink}: this build of FFmpeg has no {encoder}; install PyAV's wheel (pip install av)"
            )

    def pick(self, width: int, height: int) -> Recipe:
        """The recipe for frames of this size (as encoded)."""
        if self._gpu:
            recipe = self._recipe(_NVENC[self._config.codec])
            try:
                _try_out(recipe, width, height)
            except (av.error.FFmpegError, ValueError) as error:
                self._gpu = False
                self._say_fallback(recipe.encoder, error)
            else:
                return recipe
        return self._recipe(_SOFTWARE[self._config.codec])

    def _recipe(self, encoder: str) -> Recipe:
        return live_recipe(encoder, self._config.quality, self._config.preset)

    def _say_fallback(self, encoder: str, error: Exception) -> None:
        # Where nobody asked for the GPU there is nothing to warn about.
        level = logging.WARNING if self._config.encoder == "nvenc" else logging.INFO
        software = _SOFTWARE[self._config.codec]
        reason = getattr(error, "strerror", None) or str(error)
        _log.log(
            level,
            "%s: %s cannot be used (%s: no NVIDIA GPU that encodes, or no driver), encoding with %s",
            *(self._sink, encoder, reason, software),
        )


def _try_out(recipe: Recipe, width: int, height: int) -> None:
    context = cast(VideoCodecContext, av.CodecContext.create(recipe.encoder, "w"))
    context.width, context.height, context.pix_fmt = width, height, recipe.pix_fmt
    context.time_base, context.framerate = Fraction(1, 90000), Fraction(25)
    context.options = dict(recipe.options)
    context.open()


def _tag(encoder: str) -> str | None:
    # Apple's players know H.265 only by this tag.
    return "hvc1" if encoder in ("libx265", "hevc_nvenc") else None
