"""Tells the log what cameras send and when they end; of failures and returns, capture tells itself."""

from __future__ import annotations

import logging

from streamdesnow.capture.source import CaptureState
from streamdesnow.status.snapshot import PipelineSnapshot

__all__ = ["Narrator"]

_log = logging.getLogger(__name__)


class Narrator:
    """Compares each snapshot with what was told before."""

    def __init__(self) -> None:
        self._sizes: dict[str, tuple[int, int]] = {}
        self._ended: set[str] = set()

    def tell(self, snapshot: PipelineSnapshot) -> None:
        """Log what is new."""
        for camera in snapshot.cameras:
            if camera.size is not None and self._sizes.get(camera.name) != camera.size:
                self._sizes[camera.name] = camera.size
                _log.info("%s: running, %dx%d", camera.name, *camera.size)
            if camera.state is CaptureState.ENDED and camera.name not in self._ended:
                self._ended.add(camera.name)
                _log.info("%s: ended after %d frames", camera.name, camera.frames_out)
