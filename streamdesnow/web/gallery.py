"""All cameras, and the ways that somebody looks at them."""

from __future__ import annotations

import os
import threading
from collections import OrderedDict
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, replace

from streamdesnow.config.output import Show
from streamdesnow.config.pipeline import PipelineConfig
from streamdesnow.config.web import WebConfig
from streamdesnow.detect.overlay import Overlay
from streamdesnow.web.newest import Newest
from streamdesnow.web.view import View

__all__ = ["SHOWS", "Gallery", "Look"]

SHOWS: tuple[Show, ...] = ("clean", "before", "side_by_side", "wipe")
_WIDTHS = (320, 480, 640, 960, 1280, 1920, 2560, 3840)
"""Viewers whose windows differ a little see the same pictures."""
_MOST_VIEWS = 64
_NICENESS = 10


@dataclass(frozen=True, slots=True)
class Look:
    """How somebody wants to see a camera.

    Attributes:
        camera: by name.
        show: which pictures, as outputs show them.
        boxes: with what was found drawn in.
        width: most pixels across; None: all that there are.
    """

    camera: str
    show: Show = "clean"
    boxes: bool = True
    width: int | None = None


def _give_way() -> None:
    """Let the network, decoders and recorders go before this thread."""
    with suppress(OSError):
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _NICENESS)


class Gallery:
    """Where frames pass by, and the views that are looked at.

    Args:
        config: the pipeline's cameras, and what is drawn into their pictures.
        web: limits of what is shown.
    """

    def __init__(self, config: PipelineConfig, web: WebConfig) -> None:
        self._config = config
        self._web = web
        self._newest = {name: Newest() for name in config.cameras}
        self._views: OrderedDict[Look, View] = OrderedDict()
        # One, so that looking never takes more than a core, and after everything else.
        self._workers = ThreadPoolExecutor(1, "web pictures", initializer=_give_way)

    @property
    def cameras(self) -> tuple[str, ...]:
        """Names, in the order of the pipeline file."""
        return tuple(self._newest)

    def newest(self, camera: str) -> Newest:
        """Where the frames of a camera have to pass by."""
        return self._newest[camera]

    def live(self, look: Look) -> View:
        """A view for live pictures, no larger than they may be."""
        asked = min(look.width or self._web.width, self._web.width)
        steps = [width for width in _WIDTHS if width >= asked]
        return self.view(replace(look, width=min(steps[0] if steps else asked, self._web.width)))

    def view(self, look: Look) -> View:
        """The view that is asked for, shared by all who look alike.

        Raises:
            KeyError: there is no such camera.
        """
        newest = self._newest[look.camera]
        if look not in self._views:
            if len(self._views) >= _MOST_VIEWS:
                self._views.popitem(last=False)
            detect = self._config.detect
            overlay = Overlay(detect, look.camera, look.show) if look.boxes and detect is not None else None
            quality = self._web.quality
            self._views[look] = View(newest, look.show, overlay, look.width, quality, self._workers)
        self._views.move_to_end(look)
        return self._views[look]

    def forget_views(self) -> None:
        """Before another event loop serves: views are of one loop."""
        self._views.clear()

    def close(self) -> None:
        """Encode no more."""
        self._workers.shutdown(wait=False, cancel_futures=True)
