"""Recordings: which there are, and the files, in parts where a player asks for parts."""

from __future__ import annotations

import math
from collections.abc import AsyncIterator, Callable
from dataclasses import asdict
from pathlib import Path
from typing import TypeVar
from urllib.parse import quote

import anyio
from anyio import AsyncFile, CapacityLimiter, to_thread
from starlette.datastructures import QueryParams
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from streamdesnow.web.archive import Archive, Known
from streamdesnow.web.query import check_camera, is_number

__all__ = ["recording_routes"]

_MOST = 500
_USUAL = 60
_LOOKS = 2
"""At disks at a time."""
_PATIENT = 16
"""Who may wait for them. A disk that hangs holds up no more than these."""
_CHUNK = 1 << 16

Found = TypeVar("Found")


def recording_routes(archive: Archive) -> list[Route]:
    """`/recordings?camera=gate`, the newest first as JSON, and each file below it.

    Args:
        archive: where they are.
    """
    answers = _Answers(archive)
    return [
        Route("/recordings", answers.listed),
        Route("/recordings/{camera}/{output}/{name:path}", answers.file),
    ]


class _Answers:
    def __init__(self, archive: Archive) -> None:
        self._archive = archive
        self._limiter: CapacityLimiter | None = None
        self._asking = 0

    async def listed(self, request: Request) -> Response:
        query = request.query_params
        camera = query.get("camera", "")
        check_camera(camera, self._archive.cameras)
        most = query.get("most", str(_USUAL))
        if not (is_number(most) and 0 < int(most) <= _MOST):
            raise HTTPException(400, f"most: expected 1 to {_MOST}, got {most!r}")
        before = _before(query)
        found = await self._look(lambda: self._archive.of(camera, before, int(most)))
        return JSONResponse([asdict(recording) for recording in found])

    async def file(self, request: Request) -> Response:
        camera, output, name = (request.path_params[key] for key in ("camera", "output", "name"))
        check_camera(camera, self._archive.cameras)
        path = None
        if is_number(output):
            path = await self._look(lambda: self._archive.find(camera, int(output), name))
        if path is None:
            raise _gone()
        if "range" in request.headers:
            return FileResponse(
                path, media_type="video/mp4", filename=path.name, content_disposition_type="inline"
            )
        return await _whole(path)

    async def _look(self, at: Callable[[], Found]) -> Found:
        """Ask the disk, in a thread: it may be far away, or asleep."""
        if self._limiter is None:
            self._limiter = CapacityLimiter(_LOOKS)
        if self._asking >= _LOOKS + _PATIENT:
            raise HTTPException(503, "the disk with the recordings does not answer", {"Retry-After": "10"})
        self._asking += 1
        try:
            return await to_thread.run_sync(at, limiter=self._limiter)
        finally:
            self._asking -= 1


async def _whole(path: Path) -> Response:
    """All that the file holds now: it may be growing."""
    try:
        file = await anyio.open_file(path, "rb")
        size = (await anyio.Path(path).stat()).st_size
    except OSError:
        raise _gone() from None
    headers = {
        "Content-Length": str(size),
        "Accept-Ranges": "bytes",
        "Content-Disposition": f"inline; filename*=utf-8''{quote(path.name)}",
    }
    return StreamingResponse(_first(file, size), media_type="video/mp4", headers=headers)


async def _first(file: AsyncFile[bytes], size: int) -> AsyncIterator[bytes]:
    async with file:
        while size > 0 and (chunk := await file.read(min(size, _CHUNK))):
            size -= len(chunk)
            yield chunk


def _gone() -> HTTPException:
    return HTTPException(404, "there is no such recording; it may have made room for newer ones")


def _before(query: QueryParams) -> Known | None:
    """What is known already, or a time."""
    before, output = query.get("before"), query.get("output", "0")
    if before is None:
        return None
    try:
        seconds = float(before)
    except ValueError:
        seconds = math.nan
    if not (math.isfinite(seconds) and is_number(output)):
        raise HTTPException(400, f"before: expected seconds since 1970, got {before!r}")
    return (seconds, int(output), query.get("name", ""))
