"""Recordings: which there are, and the files, in parts where a player asks for parts."""

from __future__ import annotations

import math
from dataclasses import asdict

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Route

from streamdesnow.web.archive import Archive
from streamdesnow.web.query import is_number

__all__ = ["recording_routes"]

_MOST = 500
_USUAL = 60


def recording_routes(archive: Archive) -> list[Route]:
    """`/recordings?camera=gate`, the newest first as JSON, and each file below it.

    Args:
        archive: where they are.
    """

    async def listed(request: Request) -> Response:
        query = request.query_params
        camera = _camera(query.get("camera", ""))
        most = query.get("most", str(_USUAL))
        if not (is_number(most) and 0 < int(most) <= _MOST):
            raise HTTPException(400, f"most: expected 1 to {_MOST}, got {most!r}")
        found = await run_in_threadpool(archive.of, camera, _time(query.get("before")), int(most))
        return JSONResponse([asdict(recording) for recording in found])

    async def file(request: Request) -> Response:
        camera, output, name = (request.path_params[key] for key in ("camera", "output", "name"))
        path = await run_in_threadpool(archive.find, _camera(camera), output, name)
        if path is None:
            raise HTTPException(404, "there is no such recording; it may have made room for newer ones")
        return FileResponse(
            path, media_type="video/mp4", filename=path.name, content_disposition_type="inline"
        )

    def _camera(name: str) -> str:
        if name not in archive.cameras:
            raise HTTPException(404, f"there is no camera {name!r}; there are {', '.join(archive.cameras)}")
        return name

    return [
        Route("/recordings", listed),
        Route("/recordings/{camera}/{output:int}/{name:path}", file),
    ]


def _time(text: str | None) -> float | None:
    try:
        seconds = None if text is None else float(text)
    except ValueError:
        seconds = math.nan
    if seconds is not None and not math.isfinite(seconds):
        raise HTTPException(400, f"before: expected seconds since 1970, got {text!r}")
    return seconds
