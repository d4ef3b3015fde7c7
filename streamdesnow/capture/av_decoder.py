"""Packets in, pictures out: with graphics hardware where that works, else in software."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from fractions import Fraction
from typing import TYPE_CHECKING

import av
import av.error
from av.video.codeccontext import VideoCodecContext

from streamdesnow.capture.hardware import Candidate

if TYPE_CHECKING:
    _Packet = av.Packet[av.VideoStream]

__all__ = ["Decoder"]

_PATIENCE = 64
"""Packets that hardware may take before its first picture: what reorders frames holds back a few dozen."""
_GIVE_UP = 25
"""Packets in a row that hardware fails on, after it has worked, before software takes over."""


class Decoder:
    """Decodes one stream. Hardware is tried by decoding: whether it is there says little of what it can.

    Until hardware gives its first picture, packets are kept, and decoded in software if it never does: the
    beginning of a film is not lost. Where it fails later, software goes on from the next keyframe.

    Attributes:
        description: what decodes, and why other things do not, for people.

    Args:
        candidates: hardware to try, best first.
        skipped: called for each packet that could not be decoded.
        note: told when the description changes.
    """

    def __init__(
        self,
        candidates: Iterable[Candidate],
        skipped: Callable[[], None] = lambda: None,
        note: Callable[[str], None] = lambda _: None,
    ) -> None:
        self._left = iter(candidates)
        self._skipped = skipped
        self._note = note
        self._refused: list[str] = []
        self._kept: list[_Packet] = []
        self._proven = False
        self._failures = 0
        self._waits_for_keyframe = False
        self._hardware: VideoCodecContext | None = None
        self.description = ""
        self._next()

    def decode(self, packet: _Packet) -> Iterator[av.VideoFrame]:
        """The pictures that are ready now that this packet has come; an empty one ends the stream."""
        if self._hardware is None:
            yield from self._in_software(packet)
            return
        if not self._proven:
            self._kept.append(packet)
        try:
            frames = self._hardware.decode(packet)
        except av.error.FFmpegError as error:
            yield from self._failed(error.strerror or str(error))
            return
        if frames:
            self._proven, self._failures = True, 0
            self._kept.clear()
        elif not self._proven and (len(self._kept) > _PATIENCE or not packet.size):
            yield from self._failed("it gives no picture")
        yield from frames

    def sar(self, stream: av.VideoStream) -> Fraction:
        """Width of a pixel by its height, as container or codec say; 1 where neither does."""
        # Of a stream that nothing was read ahead of, only the context that decodes it knows.
        context = stream.codec_context if self._hardware is None else self._hardware
        return stream.sample_aspect_ratio or context.sample_aspect_ratio or Fraction(1)

    def _failed(self, reason: str) -> Iterator[av.VideoFrame]:
        if self._proven:
            self._skipped()
            self._failures += 1
            if self._failures < _GIVE_UP:
                return
            self._waits_for_keyframe = True
        self._refused.append(f"{self.description}: {reason}")
        kept, self._kept, self._proven = self._kept, [], False
        self._next()
        self._note(f"decodes with {self.description}")
        for packet in kept:
            yield from self.decode(packet)

    def _in_software(self, packet: _Packet) -> Iterator[av.VideoFrame]:
        if self._waits_for_keyframe and packet.size and not packet.is_keyframe:
            self._skipped()
            return
        self._waits_for_keyframe = False
        try:
            yield from packet.decode()
        except av.error.FFmpegError:
            # What the decoder cannot make sense of; trouble with the file or network comes from `demux`.
            self._skipped()

    def _next(self) -> None:
        """Take the next candidate that can be tried, or software."""
        self._hardware = None
        for candidate in self._left:
            if candidate.context is not None:
                self._hardware, self.description = candidate.context, candidate.kind
                return
            self._refused.append(f"{candidate.kind}: {candidate.reason}")
        self.description = "software" + (f" ({'; '.join(self._refused)})" if self._refused else "")
