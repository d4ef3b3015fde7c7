"""A file from a moment on, to the frame, also where it has no index."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from itertools import chain, dropwhile

import av

from streamdesnow.errors import SourceUnsupported

__all__ = ["frames_from"]

_ROUNDING_S = 0.001
"""Containers round time stamps, Matroska to a thousandth of a second."""
_BACK_S = (0.0, 2.0, 10.0, 60.0, math.inf)
"""A transport stream has no index: whoever seeks there may land behind the moment, and seeks farther back."""


def frames_from(
    name: str,
    container: av.container.InputContainer,
    seconds: float,
    decode: Callable[[], Iterator[av.VideoFrame]],
    time_of: Callable[[av.VideoFrame], float | None],
) -> Iterator[av.VideoFrame]:
    """The frames of a file at or after a moment, counted from its beginning; none if that is behind the end.

    Args:
        name: what the file is called in an error.
        container: the file.
        seconds: the moment.
        decode: begins to decode where the container now is.
        time_of: a frame's time in seconds as the container counts it, None where it has none.

    Raises:
        SourceUnsupported: the file can only be read from its beginning on.
        FFmpegError, OSError: it cannot be read there.
    """
    start = container.start_time or 0
    wanted = start / av.time_base + seconds - _ROUNDING_S
    frames: Iterator[av.VideoFrame] = iter(())
    for back in _BACK_S:
        moment = max(0.0, seconds - back)
        try:
            container.seek(start + round(moment * av.time_base))
        except (av.error.FFmpegError, OSError):
            raise SourceUnsupported(f"{name}: can only be read from its beginning on") from None
        frames = decode()
        first = next(frames, None)
        if first is None:
            continue
        frames = chain([first], frames)
        time = time_of(first)
        if not moment or time is None or time <= wanted + 2 * _ROUNDING_S:
            break
    return dropwhile(lambda frame: (time := time_of(frame)) is not None and time < wanted, frames)
