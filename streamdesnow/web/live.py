"""Pictures of several cameras in one answer that never ends: a browser opens few connections to a server."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Mapping

from streamdesnow.clock import Clock
from streamdesnow.errors import SinkError
from streamdesnow.web.view import Picture, View

__all__ = ["BOUNDARY", "jpeg_parts", "live_parts"]

BOUNDARY = "streamdesnow-frame"
_LOOK_S = 0.02
_SILENCE_S = 5.0
"""With nothing to show for this long an empty part is sent: both ends notice when the other is gone."""


async def live_parts(
    views: Mapping[str, View], max_fps: float, ended: Callable[[], bool], clock: Clock
) -> AsyncIterator[bytes]:
    """Each camera's newest picture as it comes, and whenever the viewer is ready for it.

    A part is the length of a header (4 bytes, big-endian), the header (JSON: `camera`, `number`, `length`)
    and so many bytes of JPEG. `{"length": 0}` only says that the server is there.

    Args:
        views: by the camera's name.
        max_fps: most pictures a second of each.
        ended: whether the server wants to stop.
        clock: tells when the next is due.
    """
    async for name, picture in _newer(views, max_fps, ended, clock):
        header: dict[str, object] = {"length": 0}
        if picture is not None:
            header = {"camera": name, "number": picture.number, "length": len(picture.jpeg)}
        text = json.dumps(header).encode()
        yield len(text).to_bytes(4, "big") + text + (b"" if picture is None else picture.jpeg)


async def jpeg_parts(
    view: View, max_fps: float, ended: Callable[[], bool], clock: Clock
) -> AsyncIterator[bytes]:
    """One camera as `multipart/x-mixed-replace` with `BOUNDARY`, which players and `<img>` take."""
    last: Picture | None = None
    async for _, newer in _newer({"": view}, max_fps, ended, clock):
        # In silence the last one again, so that a viewer who is gone is noticed.
        last = picture = newer or last
        if picture is not None:
            head = f"--{BOUNDARY}\r\nContent-Type: image/jpeg\r\nContent-Length: {len(picture.jpeg)}\r\n\r\n"
            yield head.encode() + picture.jpeg + b"\r\n"


async def _newer(
    views: Mapping[str, View], max_fps: float, ended: Callable[[], bool], clock: Clock
) -> AsyncIterator[tuple[str, Picture | None]]:
    seen = dict.fromkeys(views, 0)
    due = dict.fromkeys(views, 0.0)
    spoken = clock.monotonic()
    while not ended():
        sent = False
        for name, view in views.items():
            now = clock.monotonic()
            if view.number == seen[name] or now < due[name]:
                continue
            try:
                picture = await view.picture()
            except SinkError:
                picture = None
            seen[name], due[name] = view.number if picture is None else picture.number, now + 1 / max_fps
            if picture is not None:
                yield name, picture
                sent, spoken = True, clock.monotonic()
        if clock.monotonic() - spoken > _SILENCE_S:
            spoken = clock.monotonic()
            yield "", None
        if not sent:
            await asyncio.sleep(_LOOK_S)
