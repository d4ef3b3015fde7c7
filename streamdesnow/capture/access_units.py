"""Pictures whose slices arrive as several packets, put together again.

Some senders repeat the parameter sets in front of every slice of a keyframe (GStreamer's rtph264pay with
config-interval=-1, behind an encoder that cuts pictures into slices). By ITU-T H.264 section 7.4.1.2.3 a
parameter set behind a slice begins another access unit, so FFmpeg makes a packet of each slice, and the
decoder a picture of each packet: halves of a keyframe, and mud until the next one.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import av

__all__ = ["AccessUnits", "continues_picture"]

_START_CODE = b"\0\0\1"


class AccessUnits:
    """Passes packets on, and joins those of one keyframe.

    The first keyframe waits for the packet after it, to see whether it is cut up. Only where that is so do
    later ones wait, and no longer than for as many packets as the keyframe before them had.

    Args:
        codec: `h264` or `hevc`; packets of any other are passed on as they are.
    """

    def __init__(self, codec: str) -> None:
        self._codec = codec
        self._held: list[av.Packet[av.VideoStream]] = []
        # Packets of a keyframe; 0 until the first has been seen whole.
        self._usual = 0 if codec in {"h264", "hevc"} else 1

    def feed(self, packet: av.Packet[av.VideoStream]) -> Iterator[av.Packet[av.VideoStream]]:
        """The packets that are complete now that this one has come; an empty one ends the stream."""
        if self._continues(packet):
            self._held.append(packet)
        else:
            if self._held:
                self._usual = len(self._held)
                yield self._join()
            if not packet.is_keyframe or not packet.size or self._usual == 1:
                yield packet
                return
            self._held.append(packet)
        if len(self._held) == self._usual:
            yield self._join()

    def _continues(self, packet: av.Packet[av.VideoStream]) -> bool:
        return bool(self._held) and packet.is_keyframe and continues_picture(bytes(packet), self._codec)

    def _join(self) -> av.Packet[av.VideoStream]:
        pieces, self._held = self._held, []
        if len(pieces) == 1:
            return pieces[0]
        whole: av.Packet[Any] = av.Packet(b"".join(map(bytes, pieces)))
        # FFmpeg tells no time of the first packet of a stream, but of the next.
        whole.pts = next((piece.pts for piece in pieces if piece.pts is not None), None)
        whole.dts = next((piece.dts for piece in pieces if piece.dts is not None), None)
        whole.stream, whole.time_base = pieces[0].stream, pieces[0].time_base
        whole.is_keyframe = True
        return whole


def continues_picture(data: bytes, codec: str) -> bool:
    """Whether a packet's first slice is not the first of its picture.

    Args:
        data: NAL units behind start codes (H.264 and H.265, annex B).
        codec: `h264` or `hevc`.
    """
    header = 1 if codec == "h264" else 2
    at = data.find(_START_CODE)
    while 0 <= at < len(data) - len(_START_CODE) - header:
        at += len(_START_CODE)
        kind = data[at] & 31 if codec == "h264" else data[at] >> 1 & 63
        if kind in (1, 5) if codec == "h264" else kind < 32:
            # first_mb_in_slice, whose code is a single 1 bit if it is 0; first_slice_segment_in_pic_flag.
            return not data[at + header] & 0x80
        at = data.find(_START_CODE, at)
    return False
