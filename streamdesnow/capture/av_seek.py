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
_BEFORE_S = 10.0
"""So far before the beginning a transport stream has to be sought for the search to end there."""


def frames_from(
    name: str,
    container: av.container.InputContainer,
    seconds: float,
    decode: Callable[[], Iterator[av.VideoFrame]],
    time_of: Callable[[av.VideoFrame], float | None],
    interval: float,
) -> Iterator[av.VideoFrame]:
    """The frames of a file at or after a moment, counted from its beginning; none if that is behind the end.

    Args:
        name: what the file is called in an error.
        container: the file.
        seconds: the moment.
        decode: begins to decode where the container now is.
        time_of: a frame's time in seconds as the container counts it, None where it has none: then it is one
            interval after the frame before.
        interval: seconds from frame to frame.

    Raises:
        SourceUnsupported: the file can only be read from its beginning on.
        FFmpegError, OSError: it cannot be read there.
    """
    start = container.start_time or 0
    wanted = start / av.time_base + seconds - _ROUNDING_S
    frames: Iterator[av.VideoFrame] = iter(())
    for back in _BACK_S:
        moment = seconds - back if seconds > back else -_BEFORE_S
        _seek(name, container, moment)
        frames = decode()
        first = next(frames, None)
        if first is None:
            continue
        frames = chain([first], frames)
        time = time_of(first)
        if moment < 0 or (time is not None and time <= wanted + 2 * _ROUNDING_S):
            break
    last = start / av.time_base - interval

    def early(frame: av.VideoFrame) -> bool:
        nonlocal last
        time = time_of(frame)
        last = last + interval if time is None else time
        return last < wanted

    return dropwhile(early, frames)


def _seek(name: str, container: av.container.InputContainer, moment: float) -> None:
    start = container.start_time or 0
    # Some know nothing before their beginning.
    for each in dict.fromkeys((moment, max(0.0, moment))):
        try:
            container.seek(start + round(each * av.time_base))
            return
        except (av.error.FFmpegError, OSError):
            pass
    raise SourceUnsupported(f"{name}: can only be read from its beginning on")
