"""The sound of a video, put into the cleaned one."""

from __future__ import annotations

import heapq
import logging
from collections.abc import Iterator, Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import av.error
from av.container import InputContainer
from av.packet import Packet
from av.video.stream import VideoStream

from streamdesnow.capture.av_info import film_metadata
from streamdesnow.files.audio_track import AudioTrack
from streamdesnow.storage.write import part_path

__all__ = ["copy_sound"]

_log = logging.getLogger(__name__)


def copy_sound(source: Path, video: Path) -> int:
    """Add the audio streams of `source` to the finished file `video`.

    They are copied as they are where the container of `video` takes the codec, else encoded, which a warning
    says. If anything goes wrong, the video stays as it is and a warning says why.

    Returns:
        The number of audio streams that were added.
    """
    part = part_path(video)
    try:
        with _opened(source) as heard:
            if not heard.streams.audio:
                return 0
            with _opened(video) as seen:
                tracks = _join(seen, heard, part)
        part.replace(video)
    except (av.error.FFmpegError, ValueError, OSError) as error:
        part.unlink(missing_ok=True)
        reason = getattr(error, "strerror", None) or error
        _log.warning("%s: the sound of %s is left out: %s", video, source, reason)
        return 0
    for change in sorted({track.change for track in tracks} - {""}):
        _log.warning("%s: the sound of %s is encoded anew: %s", video, source, change)
    return len(tracks)


def _opened(path: Path) -> InputContainer:
    # Absolute: FFmpeg would take `a:b.mp4` for an address of scheme `a`.
    return av.open(str(path.absolute()), metadata_errors="replace")


def _join(seen: InputContainer, heard: InputContainer, part: Path) -> list[AudioTrack]:
    picture = seen.streams.video[0]
    options = {}
    if picture.time_base is not None and "matroska" not in seen.format.name:
        # The scale in which time stamps are exact, instead of one that the muxer would choose.
        ticks = str(picture.time_base.denominator)
        options = {"video_track_timescale": ticks, "movie_timescale": ticks}
    name = "matroska" if "matroska" in seen.format.name else part.with_suffix("").suffix.lstrip(".")
    name = "mp4" if name == "m4v" else name
    with av.open(str(part.absolute()), "w", format=name, container_options=options) as joined:
        joined.metadata.update(film_metadata(seen))
        target = joined.add_stream_from_template(picture)
        target.time_base = picture.time_base
        if picture.sample_aspect_ratio:
            # The template leaves out what only the container knows.
            target.codec_context.sample_aspect_ratio = picture.sample_aspect_ratio
        tracks = {stream.index: AudioTrack(joined, stream) for stream in heard.streams.audio}
        pictures = _pictures(seen, picture, target)
        sounds = _sounds(heard, tracks)
        if name == "matroska":
            # It knows no time before 0: for an encoder's run-up of 20 ms it would move the pictures too.
            sounds = (packet for packet in sounds if _time(packet) >= 0)
        # In the order of decoding, or the muxer would have to keep one stream until the other catches up.
        for packet in heapq.merge(pictures, sounds, key=_time):
            joined.mux(packet)
    return list(tracks.values())


def _pictures(seen: InputContainer, picture: VideoStream, target: VideoStream) -> Iterator[Packet[Any]]:
    for packet in seen.demux(picture):
        if packet.size:  # the last one is empty
            packet.stream = target
            yield packet


def _sounds(heard: InputContainer, tracks: Mapping[int, AudioTrack]) -> Iterator[Packet[Any]]:
    for packet in heard.demux(heard.streams.audio):
        yield from tracks[packet.stream.index].feed(packet)


def _time(packet: Packet[Any]) -> Fraction:
    # Matroska does not store when a picture is decoded; its muxer finds that out again.
    ticks = packet.pts if packet.dts is None else packet.dts
    return Fraction(0) if ticks is None or packet.time_base is None else ticks * packet.time_base
