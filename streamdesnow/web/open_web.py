"""The page that a pipeline file asks for."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from streamdesnow.config.pipeline import PipelineConfig
from streamdesnow.status.snapshot import PipelineSnapshot

if TYPE_CHECKING:
    from streamdesnow.web.server import WebServer

__all__ = ["open_web"]


def open_web(config: PipelineConfig, snapshot: Callable[[], PipelineSnapshot]) -> WebServer | None:
    """The server of its `web` section, serving; None if it has none.

    Args:
        config: the pipeline file.
        snapshot: how things are; called from the server's thread.
    """
    if config.web is None:
        return None
    # A tenth of a second that pipelines without a page are spared.
    from streamdesnow.web.server import WebServer

    server = WebServer(config, config.web, snapshot)
    server.open()
    return server
