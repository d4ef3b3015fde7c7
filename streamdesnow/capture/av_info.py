"""What a container says of what it holds."""

from __future__ import annotations

import av
import av.container

from streamdesnow.capture.reader import SourceInfo

__all__ = ["describe", "film_metadata"]

_OF_THE_FILM = frozenset(
    {"artist", "comment", "copyright", "creation_time", "date", "description", "location", "title"}
)
"""Names of metadata, as FFmpeg calls them, that say nothing of the file or of the program that wrote it."""


def film_metadata(container: av.container.Container) -> dict[str, str]:
    """What is noted down of the film, not of its file: title, moment of recording (`creation_time`), ..."""
    named = {key.lower(): value for key, value in container.metadata.items()}
    return {key: value for key, value in named.items() if key in _OF_THE_FILM}


def describe(container: av.container.InputContainer, stream: av.VideoStream, decoder: str) -> SourceInfo:
    """Container and stream as people and programs want to know them; `decoder` is passed on."""
    fps = stream.average_rate
    duration = None
    if stream.duration is not None and stream.time_base is not None:
        duration = float(stream.duration * stream.time_base)
    elif container.duration is not None:
        duration = container.duration / av.time_base
    frames = stream.frames or (round(duration * fps) if duration and fps else None)
    context = stream.codec_context
    return SourceInfo(
        description=container.format.long_name,
        codec=context.codec.canonical_name,
        pixel_format=context.pix_fmt,
        width=context.width or None,
        height=context.height or None,
        fps=fps,
        time_base=stream.time_base,
        frames=frames,
        duration=duration,
        decoder=decoder,
        sound=bool(container.streams.audio),
    )
