"""Pictures in, packets of one video stream out."""

from __future__ import annotations

from fractions import Fraction
from typing import cast

import av.error
from av.codec.context import Flags
from av.codec.hwaccel import HWAccel
from av.container import OutputContainer
from av.packet import Packet
from av.stream import Stream
from av.video.frame import PictureType
from av.video.stream import VideoStream

from streamdesnow.errors import EncoderUnavailable
from streamdesnow.frame import Image
from streamdesnow.sinks.pixels import Colour, colour_for, even_size, to_bgr0, to_yuv420p
from streamdesnow.sinks.recipe import Recipe

__all__ = ["VideoEncoder"]

_NOMINAL_RATE = 25
"""Frames per second that encoders are told. True times are those of the frames; this steers rate control."""


class VideoEncoder:
    """The only video stream of `container`, and its encoder.

    pts go in and come out in units of `time_base`, as they are: they must grow from frame to frame. Whoever
    feeds an encoder sees to that (`timeline`), because what to do about a jump differs between outputs.

    Args:
        container: opened for writing, without streams.
        size: (width, height) of the pictures; all must have it.
        gop: seconds between keyframes; None leaves them to the encoder.
        sar: sample aspect ratio, the width of a pixel by its height.

    Raises:
        EncoderUnavailable: the encoder refuses this size or these options.
    """

    def __init__(
        self,
        container: OutputContainer,
        recipe: Recipe,
        size: tuple[int, int],
        time_base: Fraction,
        gop: float | None = None,
        sar: Fraction = Fraction(1),
    ) -> None:
        self.recipe = recipe
        self.size = size
        self.sar = sar
        self.time_base = time_base
        self._gop = None if gop is None else Fraction(gop)
        self._keyframe_at: int | None = None
        self._last: int | None = None
        self._frames = 0
        self._step = max(1, round(Fraction(1, _NOMINAL_RATE) / time_base))
        self._colour = colour_for(size[1])
        encoded = size if recipe.pix_fmt == "bgr0" else even_size(*size)
        self._stream = _add_stream(container, recipe, encoded, time_base, self._colour)
        if sar != 1:
            self._stream.codec_context.sample_aspect_ratio = sar
        self._open()

    def encode(self, image: Image, pts: int) -> list[Packet[VideoStream]]:
        """BGR uint8 (H, W, 3) in; the packets that are ready, in decoding order."""
        frame = to_bgr0(image) if self.recipe.pix_fmt == "bgr0" else to_yuv420p(image, self._colour)
        frame.pts, frame.time_base = pts, self.time_base
        if self._last is not None:
            self._step = pts - self._last
        # Nobody knows how long the last frame lasts: as long as the one before it.
        frame.duration = self._step
        if self._keyframe_is_due(pts):
            frame.pict_type = PictureType.I
            self._keyframe_at = pts
        self._last = pts
        self._frames += 1
        return self._stream.encode(frame)

    def flush(self) -> list[Packet[VideoStream]]:
        """The packets that were held back; nothing can be encoded afterwards."""
        packets = self._stream.encode(None)
        if self._frames <= 2:
            # libx265 leaves dts undefined in so short a video. Two frames are never reordered.
            for packet in packets:
                packet.dts = packet.pts
        return packets

    @property
    def end(self) -> int:
        """Where the last frame ends."""
        return 0 if self._last is None else self._last + self._step

    def _keyframe_is_due(self, pts: int) -> bool:
        if self._gop is None:
            return False
        return self._keyframe_at is None or (pts - self._keyframe_at) * self.time_base >= self._gop

    def _open(self) -> None:
        try:
            self._stream.codec_context.open()
        except (av.error.FFmpegError, ValueError) as error:
            width, height = self.size
            raise EncoderUnavailable(
                f"{self.recipe.encoder} cannot encode {width}x{height} with {self.recipe.options}: "
                f"{getattr(error, 'strerror', None) or error}; try another codec or preset"
            ) from error


def _new_stream(container: OutputContainer, recipe: Recipe) -> Stream:
    if recipe.device is None:
        return container.add_stream(recipe.encoder, rate=_NOMINAL_RATE)
    # Not all releases that we take know the argument: it is given only where it is needed.
    return container.add_stream(recipe.encoder, rate=_NOMINAL_RATE, hwaccel=HWAccel(recipe.device))


def _add_stream(
    container: OutputContainer, recipe: Recipe, size: tuple[int, int], time_base: Fraction, colour: Colour
) -> VideoStream:
    stream = cast(VideoStream, _new_stream(container, recipe))
    context = stream.codec_context
    stream.width, stream.height = size
    stream.pix_fmt = recipe.pix_fmt
    stream.time_base = context.time_base = time_base
    # Without it encoders drop how long a frame lasts, and the last one would last nothing.
    context.flags |= Flags.frame_duration
    if recipe.pix_fmt != "bgr0":
        context.colorspace, context.color_range = colour.matrix, colour.limited_range
        context.color_primaries, context.color_trc = colour.primaries, colour.transfer
    if recipe.tag is not None and container.format.name in ("mp4", "mov"):
        context.codec_tag = recipe.tag
    context.options = dict(recipe.options)
    return stream
