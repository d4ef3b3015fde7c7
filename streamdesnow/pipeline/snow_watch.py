"""Tells when snow begins to fall in front of a camera, and when it has stopped."""

from __future__ import annotations

from streamdesnow.pipeline.notice import NoticeKind, Notices
from streamdesnow.restore.gate import Snowfall

__all__ = ["SnowWatch"]


class SnowWatch:
    """Compares what is known of the weather with what was told before."""

    def __init__(self, camera: str, notices: Notices) -> None:
        self._camera = camera
        self._notices = notices
        self._falling = False

    def see(self, snowfall: Snowfall | None) -> None:
        """What is known now; None where nobody asks whether it snows."""
        if snowfall is None or snowfall.falling == self._falling:
            return
        self._falling = snowfall.falling
        if self._falling:
            text = f"snow has started ({snowfall.percent:.1f} %), frames are cleaned"
            self._notices.tell(NoticeKind.SNOW_STARTED, self._camera, text)
        else:
            text = "snow has stopped, frames pass as they are"
            self._notices.tell(NoticeKind.SNOW_STOPPED, self._camera, text)
