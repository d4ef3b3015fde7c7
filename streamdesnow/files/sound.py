"""The sound of a video, copied into the cleaned one as it is."""

from __future__ import annotations

import heapq
import logging
from collections.abc import Iterator, Sequence
from fractions import Fraction
from pathlib import Path

import av
import av.error
from av.audio.stream import AudioStream
from av.container import InputContainer, OutputContainer
from av.packet import Packet
from av.stream import Stream

from streamdesnow.storage.write import part_path

__all__ = ["copy_sound"]

_log = logging.getLogger(__name__)


def copy_sound(source: Path, video: Path) -> int:
    """Add the audio streams of `source` to the finished file `video`; nothing is decoded.

    Where the container of `video` does not take the codec, or anything else goes wrong, the video stays as it
    is and a warning says so.

    Returns:
        The number of audio streams that were added.
    """
    part = part_path(video)
    try:
        with av.open(str(source)) as heard:
            if not heard.streams.audio:
                return 0
            with av.open(str(video)) as seen:
                added = _join(seen, heard, part)
        part.replace(video)
    except (av.error.FFmpegError, ValueError, OSError) as error:
        part.unlink(missing_ok=True)
        reason = getattr(error, "strerror", None) or error
        _log.warning("%s: the sound of %s is left out: %s", video, source, reason)
        return 0
    return added


def _join(seen: InputContainer, heard: InputContainer, part: Path) -> int:
    picture = seen.streams.video[0]
    options = {}
    if picture.time_base is not None and "matroska" not in seen.format.name:
        # The scale in which time stamps are exact, instead of one that the muxer would choose.
        ticks = str(picture.time_base.denominator)
        options = {"video_track_timescale": ticks, "movie_timescale": ticks}
    name = "matroska" if "matroska" in seen.format.name else part.with_suffix("").suffix.lstrip(".")
    name = "mp4" if name == "m4v" else name
    with av.open(str(part), "w", format=name, container_options=options) as joined:
        target = joined.add_stream_from_template(picture)
        target.time_base = picture.time_base
        pictures = _packets(seen, [picture], [target])
        sounds = _packets(heard, heard.streams.audio, _like(joined, heard.streams.audio))
        if name == "matroska":
            # It knows no time before 0: for an encoder's run-up of 20 ms it would move the pictures too.
            sounds = (packet for packet in sounds if _time(packet) >= 0)
        # In the order of decoding, or the muxer would have to keep one stream until the other catches up.
        for packet in heapq.merge(pictures, sounds, key=_time):
            joined.mux(packet)
    return len(heard.streams.audio)


def _like(joined: OutputContainer, streams: tuple[AudioStream, ...]) -> list[AudioStream]:
    return [joined.add_stream_from_template(stream) for stream in streams]


def _packets(
    container: InputContainer, streams: Sequence[Stream], targets: Sequence[Stream]
) -> Iterator[Packet[Stream]]:
    to = {stream.index: target for stream, target in zip(streams, targets, strict=True)}
    for packet in container.demux(streams):
        if packet.size:  # the last one is empty
            packet.stream = to[packet.stream.index]
            yield packet


def _time(packet: Packet[Stream]) -> Fraction:
    # Matroska does not store when a picture is decoded; its muxer finds that out again.
    ticks = packet.pts if packet.dts is None else packet.dts
    return Fraction(0) if ticks is None or packet.time_base is None else ticks * packet.time_base
