"""Serves the page in a thread of its own, through every failure."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

import uvicorn

from streamdesnow.clock import SystemClock
from streamdesnow.config.address import Address
from streamdesnow.config.passwords import passwords_of
from streamdesnow.config.pipeline import PipelineConfig
from streamdesnow.config.web import WebConfig
from streamdesnow.frame import CleanedFrame
from streamdesnow.status.snapshot import PipelineSnapshot
from streamdesnow.web.app import make_app
from streamdesnow.web.archive import Archive
from streamdesnow.web.diary import Diary
from streamdesnow.web.doorkeeper import Doorkeeper
from streamdesnow.web.gallery import Gallery
from streamdesnow.web.listening import listening

__all__ = ["WebServer"]

_log = logging.getLogger(__name__)
_project_log = logging.getLogger("streamdesnow")
_server_log = logging.getLogger("uvicorn.error")

_AGAIN_S = 5.0
_CLOSING_S = 1.0


class WebServer:
    """A pipeline's page. Cameras go on whatever happens to it; an address that is taken is tried again.

    Args:
        config: the pipeline, with a `web` section.
        web: that section.
        snapshot: how things are.
    """

    def __init__(
        self, config: PipelineConfig, web: WebConfig, snapshot: Callable[[], PipelineSnapshot]
    ) -> None:
        self._web = web
        self._gallery = Gallery(config, web)
        self._closing = threading.Event()
        secrets = passwords_of(config)
        self._diary = Diary(secrets)
        clock = SystemClock()
        self._app = make_app(
            web,
            self._gallery,
            Archive(config, clock),
            snapshot,
            self._closing.is_set,
            clock,
            self._diary,
            secrets,
        )
        self._thread = threading.Thread(target=self._run, name="web", daemon=True)
        self._server: uvicorn.Server | None = None
        self._listens = threading.Event()
        self._address: Address | None = None

    def onlooker(self, camera: str) -> Callable[[CleanedFrame], None]:
        """What the camera's frames have to be shown to; quick, from any thread."""
        return self._gallery.newest(camera)

    def open(self) -> None:
        """Begin to serve, and to note what the log says. Returns at once."""
        _project_log.addHandler(self._diary)
        _server_log.addFilter(self._worth_telling)
        self._thread.start()

    def address(self, timeout: float = 0.0) -> Address | None:
        """Where it listens, as soon as it does; None if it does not in `timeout` seconds."""
        self._listens.wait(timeout)
        return self._address

    def close(self) -> None:
        """End all answers and stop. May be called twice."""
        self._closing.set()
        if self._server is not None:
            self._server.should_exit = True
        if self._thread.is_alive():
            self._thread.join(2 * _CLOSING_S)
        self._gallery.close()
        _project_log.removeHandler(self._diary)
        _server_log.removeFilter(self._worth_telling)

    def _worth_telling(self, record: logging.LogRecord) -> bool:
        # Answers that are broken off at the end are no errors, though uvicorn says so.
        return not self._closing.is_set()

    def _run(self) -> None:
        told = ""
        while not self._closing.is_set():
            try:
                self._serve()
            except (Exception, SystemExit) as error:
                # Nothing that happens here may end for good what an operator watches the cameras with. Where
                # uvicorn cannot start, it leaves by SystemExit.
                reason = error.strerror if isinstance(error, OSError) else None
                text = f"cannot listen on {self._web.listen}: {(reason or str(error)).lower()}"
                if text != told:
                    _log.warning("web: %s; tried again every %g s", text, _AGAIN_S)
                    _log.debug("web failed", exc_info=True)
                told = text
            self._listens.clear()
            self._closing.wait(_AGAIN_S)

    def _serve(self) -> None:
        with listening(self._web.address) as listener:
            config = uvicorn.Config(
                self._app,
                log_config=None,
                log_level="warning",
                access_log=False,
                lifespan="off",
                ws="none",
                http=Doorkeeper,
                server_header=False,
                proxy_headers=False,
                timeout_graceful_shutdown=1,
            )
            self._gallery.forget_views()
            server = uvicorn.Server(config)
            self._server = server
            host, port = listener.getsockname()[:2]
            self._address = Address(host, port)
            self._listens.set()
            if self._closing.is_set():
                return
            _log.info("web: http://%s", self._address)
            server.run(sockets=[listener])
