"""Which encoder writes video, and with which options."""

from __future__ import annotations

import logging
from typing import Literal

import av

from streamdesnow.config.output import HlsConfig, PushConfig, RecordConfig
from streamdesnow.errors import EncoderUnavailable
from streamdesnow.sinks.hardware import hardware_encoders, hardware_recipe, refusal
from streamdesnow.sinks.recipe import NEVER, Recipe, mp4_tag

__all__ = ["EncoderPicker", "Recipe", "file_recipe", "live_recipe"]

_log = logging.getLogger(__name__)

_SOFTWARE = {"h264": "libx264", "h265": "libx265"}

# Keyframes come where the caller asks for them; encoders are told never to place one of their own. Parameter
# sets come with every one of them: who joins a stream, or meets another frame size, needs nothing else.
_NO_OWN_KEYFRAMES = {
    "libx264": {"g": NEVER, "sc_threshold": "0", "x264-params": "repeat-headers=1"},
    "libx265": {"x265-params": "keyint=-1:scenecut=0:log-level=none:repeat-headers=1"},
}


def live_recipe(encoder: str, quality: int, preset: str) -> Recipe:
    """For recording and streaming: every frame comes out at once, keyframes only where they are asked for.

    Looking ahead would save about a fifth of the bits. But frames that wait inside an encoder are lost with
    the process, and at low frame rates they are many seconds: a recorder could not promise how much that is.
    """
    options = {"forced-idr": "1", **_NO_OWN_KEYFRAMES[encoder]}
    options |= {"preset": preset, "tune": "zerolatency", "crf": str(quality)}
    return Recipe(encoder, options, tag=mp4_tag(encoder))


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
    return Recipe(encoder, options, tag=mp4_tag(encoder))


def _ffv1_slices(size: tuple[int, int]) -> dict[str, str]:
    """Slices use several cores. A tiny picture is one, but FFmpeg cuts whatever is larger than CIF."""
    if min(size) >= 16:
        return {"slices": "4"}
    return {"slices": "1"} if size[0] <= 352 and size[1] <= 288 else {}


class EncoderPicker:
    """Picks the encoder of one output: hardware where it is wanted and works, else software, saying so once.

    Args:
        sink: name of the output, for messages.
    """

    def __init__(self, sink: str, config: RecordConfig | PushConfig | HlsConfig) -> None:
        self._sink = sink
        self._config = config
        self._hardware = list(hardware_encoders(config.codec, config.encoder))
        self._missing = config.encoder not in ("auto", "software") and not self._hardware

    def check(self) -> None:
        """Raise EncoderUnavailable if this FFmpeg has no software encoder for the codec."""
        encoder = _SOFTWARE[self._config.codec]
        if encoder not in av.codecs_available:
            raise EncoderUnavailable(
                f"{self._sink}: this build of FFmpeg has no {encoder}; install PyAV's wheel (pip install av)"
            )

    def pick(self, width: int, height: int) -> Recipe:
        """The recipe for frames of this size (as encoded)."""
        refused: list[str] = []
        while self._hardware:
            recipe = hardware_recipe(*self._hardware[0], self._config.quality)
            why = refusal(recipe, width, height)
            if not why:
                self._say(refused, recipe.encoder)
                return recipe
            refused.append(f"{recipe.encoder}: {why}")
            # It may work with frames of another size; but an output that changes its encoder surprises.
            del self._hardware[0]
        if self._missing:
            self._missing = False
            refused.append(f"{self._config.encoder}: this build of FFmpeg has none")
        software = _SOFTWARE[self._config.codec]
        self._say(refused, software)
        return live_recipe(software, self._config.quality, self._config.preset)

    def _say(self, refused: list[str], taken: str) -> None:
        if refused:
            # Where nobody asked for that hardware there is nothing to warn about.
            level = logging.INFO if self._config.encoder == "auto" else logging.WARNING
            _log.log(level, "%s: encoding with %s (%s)", self._sink, taken, "; ".join(refused))
