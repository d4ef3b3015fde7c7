"""The pages and answers."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import asdict
from importlib.resources import files
from secrets import token_hex
from typing import Any, get_args

from starlette.applications import Starlette
from starlette.datastructures import QueryParams
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route
from starlette.types import ASGIApp

from streamdesnow.clock import Clock
from streamdesnow.config.output import Show
from streamdesnow.config.web import WebConfig
from streamdesnow.redact import redact_data
from streamdesnow.status.data import camera_data
from streamdesnow.status.snapshot import PipelineSnapshot
from streamdesnow.status.trouble import Health, health, troubles
from streamdesnow.web.archive import Archive
from streamdesnow.web.diary import Diary
from streamdesnow.web.gallery import Gallery, Look
from streamdesnow.web.guard import Guard
from streamdesnow.web.live import BOUNDARY, jpeg_parts, live_parts
from streamdesnow.web.metrics import metrics_text
from streamdesnow.web.query import check_camera, is_number
from streamdesnow.web.recordings import recording_routes

__all__ = ["make_app"]

_PAGE = ("page.css", "page.js", "recordings.js", "icon.svg")
_TYPES = {"html": "text/html", "css": "text/css", "js": "text/javascript", "svg": "image/svg+xml"}
_PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8"


def make_app(
    config: WebConfig,
    gallery: Gallery,
    archive: Archive,
    snapshot: Callable[[], PipelineSnapshot],
    ended: Callable[[], bool],
    clock: Clock,
    diary: Diary,
    secrets: Collection[str] = (),
) -> ASGIApp:
    """The application, guarded.

    Args:
        config: limits and login.
        gallery: the cameras' pictures.
        archive: what they have recorded.
        snapshot: how things are.
        ended: whether answers that go on without end should end.
        clock: paces live pictures.
        diary: what happened.
        secrets: passwords, hidden in whatever is told.
    """
    answers = _Answers(config, gallery, snapshot, ended, clock, diary, secrets)
    routes = [
        Route("/", _file("index.html")),
        *(Route(f"/{name}", _file(name)) for name in _PAGE),
        Route("/status", answers.status),
        Route("/log", answers.log),
        Route("/health", answers.health),
        Route("/health/live", answers.alive),
        Route("/metrics", answers.metrics),
        Route("/live", answers.live),
        *recording_routes(archive),
        Route("/latest.jpg", answers.latest),
        Route("/live.mjpg", answers.mjpeg),
    ]
    return Guard(Starlette(routes=routes), config, open_to_all=("/health", "/health/live"), clock=clock)


class _Answers:
    def __init__(
        self,
        config: WebConfig,
        gallery: Gallery,
        snapshot: Callable[[], PipelineSnapshot],
        ended: Callable[[], bool],
        clock: Clock,
        diary: Diary,
        secrets: Collection[str],
    ) -> None:
        self._config = config
        self._gallery = gallery
        self._snapshot = snapshot
        self._ended = ended
        self._clock = clock
        self._diary = diary
        self._run = token_hex(4)
        self._secrets = secrets

    async def status(self, request: Request) -> Response:
        now = self._snapshot()
        detector = now.detector
        data: dict[str, Any] = {
            "run": self._run,
            "seconds": now.seconds,
            "health": health(now),
            "troubles": list(troubles(now)),
            "models": [{"name": name, "engine": engine} for name, engine in now.models],
            "detector": None if detector is None else {"name": detector.name, "state": detector.state},
            "cameras": [camera_data(camera) for camera in now.cameras],
        }
        return JSONResponse(redact_data(data, self._secrets))

    async def health(self, request: Request) -> Response:
        now = self._snapshot()
        word = health(now)
        data: dict[str, Any] = {"health": word}
        if request.state.known:
            data["troubles"] = list(troubles(now))
        return JSONResponse(redact_data(data, self._secrets), 200 if word is Health.OK else 503)

    async def log(self, request: Request) -> Response:
        after = request.query_params.get("after", "0")
        if not is_number(after):
            raise HTTPException(400, f"after: expected the number of a line, got {after!r}")
        return JSONResponse([asdict(entry) for entry in self._diary.after(int(after))])

    async def alive(self, request: Request) -> Response:
        return JSONResponse({"alive": True})

    async def metrics(self, request: Request) -> Response:
        return Response(metrics_text(self._snapshot()), media_type=_PROMETHEUS)

    async def live(self, request: Request) -> Response:
        asked = request.query_params.getlist("camera") or list(self._gallery.cameras)
        views = {name: self._gallery.live(self._look(name, request.query_params)) for name in asked}
        parts = live_parts(views, self._config.max_fps, self._ended, self._clock)
        return StreamingResponse(parts, media_type="application/octet-stream")

    async def latest(self, request: Request) -> Response:
        look = self._look(self._camera(request.query_params), request.query_params)
        picture = await self._gallery.view(look).picture()
        if picture is None:
            return PlainTextResponse(f"{look.camera}: no frame yet\n", 503, {"Retry-After": "1"})
        return Response(picture.jpeg, media_type="image/jpeg")

    async def mjpeg(self, request: Request) -> Response:
        view = self._gallery.live(self._look(self._camera(request.query_params), request.query_params))
        parts = jpeg_parts(view, self._config.max_fps, self._ended, self._clock)
        return StreamingResponse(parts, media_type=f"multipart/x-mixed-replace; boundary={BOUNDARY}")

    def _camera(self, query: QueryParams) -> str:
        """The camera that is asked for; the only one need not be named."""
        name = query.get("camera")
        if name is not None:
            return name
        if len(self._gallery.cameras) == 1:
            return self._gallery.cameras[0]
        raise HTTPException(400, f"which camera? there are {', '.join(self._gallery.cameras)}")

    def _look(self, camera: str, query: Mapping[str, str]) -> Look:
        check_camera(camera, self._gallery.cameras)
        show, width = query.get("show", "clean"), query.get("width")
        if show not in get_args(Show):
            raise HTTPException(400, f"show: expected one of {', '.join(get_args(Show))}, got {show!r}")
        if width is not None and not (is_number(width) and 0 < int(width) <= 16384):
            raise HTTPException(400, f"width: expected pixels, 1 to 16384, got {width!r}")
        return Look(
            camera,
            show,  # type: ignore[arg-type]  # it is one of them
            boxes=query.get("boxes", "1") not in ("0", "false", "no"),
            width=None if width is None else int(width),
        )


def _file(name: str) -> Callable[[Request], Awaitable[Response]]:
    content = files("streamdesnow.web").joinpath("page", name).read_bytes()
    media = _TYPES[name.rpartition(".")[2]]

    async def answer(request: Request) -> Response:  # no thread of its own, which a disk could hold up
        return Response(content, media_type=media)

    return answer
