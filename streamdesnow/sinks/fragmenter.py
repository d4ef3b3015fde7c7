"""Pictures in, fragments of MP4 out, in memory: what HLS segments are made of."""

from __future__ import annotations

import io
from fractions import Fraction
from typing import NamedTuple

import av

from streamdesnow.frame import Image
from streamdesnow.sinks.codecs import Recipe
from streamdesnow.sinks.encoder import VideoEncoder

__all__ = ["Fragment", "Fragmenter"]


class Fragment(NamedTuple):
    """Video from one keyframe to the next.

    Attributes:
        data: a `moof` and an `mdat` box; plays after the header.
        duration: in ticks of the fragmenter's time base.
    """

    data: bytes
    duration: int


class Fragmenter:
    """Encodes pictures of one size into fragments that each start with a keyframe.

    Args:
        gop: seconds from keyframe to keyframe, so the length of a fragment.
        sar: width of a pixel by its height.

    Attributes:
        header: `ftyp` and `moov` boxes, which players need before any fragment.

    Raises:
        EncoderUnavailable: the encoder refuses.
    """

    def __init__(
        self,
        recipe: Recipe,
        size: tuple[int, int],
        time_base: Fraction,
        gop: float,
        sar: Fraction = Fraction(1),
    ) -> None:
        self._sink = _Collector()
        self._container = av.open(
            self._sink,
            "w",
            format="mp4",
            buffer_size=1 << 18,
            container_options={
                # Time stamps are written as they are (frag_discont, avoid_negative_ts), so that they go on
                # growing over a change of header, which FFmpeg's player relies on.
                "movflags": "frag_keyframe+empty_moov+default_base_moof+frag_discont+skip_trailer",
                "avoid_negative_ts": "disabled",
                "video_track_timescale": str(time_base.denominator),
                "flush_packets": "1",
            },
        )
        self._encoder = VideoEncoder(self._container, recipe, size, time_base, gop, sar)
        self._container.start_encoding()
        self._start: int | None = None
        self.size, self.sar = size, sar
        self.header = self._sink.take()

    def write(self, image: Image, pts: int) -> Fragment | None:
        """Add a picture, BGR uint8; the fragment before it, if the picture begins another one."""
        fragment = None
        for packet in self._encoder.encode(image, pts):
            begins = packet.is_keyframe
            self._container.mux(packet)
            if begins:
                # The muxer writes a fragment when it sees the keyframe after it.
                fragment = self._finished(pts)
                self._start = pts
        return fragment

    def close(self) -> Fragment | None:
        """The last fragment."""
        end = self._encoder.end
        for packet in self._encoder.flush():
            self._container.mux(packet)
        self._container.close()
        return self._finished(end)

    def _finished(self, end: int) -> Fragment | None:
        data = self._sink.take()
        return Fragment(data, end - self._start) if data and self._start is not None else None


class _Collector(io.RawIOBase):
    """Keeps what is written until it is taken; cannot seek, so muxers write front to back."""

    def __init__(self) -> None:
        self._data = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, data: bytes) -> int:  # type: ignore[override]
        self._data += data
        return len(data)

    def take(self) -> bytes:
        data = bytes(self._data)
        self._data.clear()
        return data
