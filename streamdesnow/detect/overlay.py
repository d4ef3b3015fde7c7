"""What was found, drawn into what is shown."""

from __future__ import annotations

from dataclasses import replace

from streamdesnow.config.detect import DetectConfig
from streamdesnow.config.output import Show
from streamdesnow.detect.painter import Painter
from streamdesnow.detect.zones import Zones
from streamdesnow.frame import CleanedFrame

__all__ = ["Overlay"]


class Overlay:
    """Draws into the pictures of one camera that are shown, on copies; to be called once a frame, in order.

    Both pictures of `side_by_side` and `wipe` are drawn into: into the one before cleaning only what was seen
    there, which is known with `detect.compare`.

    Args:
        config: what is drawn, and the zones.
        camera: whose zones.
        show: what is shown.
    """

    def __init__(self, config: DetectConfig, camera: str, show: Show) -> None:
        zones = Zones(config.zones, camera)
        self._show = show
        # Not one for both: each follows trails through its own frames.
        self._before, self._clean = Painter(config.overlay, zones), Painter(config.overlay, zones)

    def draw(self, cleaned: CleanedFrame) -> CleanedFrame:
        """The frame with the overlay in those of its pictures that are shown."""
        frame, tracks, image = cleaned.before, cleaned.tracks, cleaned.image
        if self._show != "clean":
            seen = tracks if self._show == "before" else [each for each in tracks if each.seen_in != "clean"]
            frame = replace(frame, image=self._before.paint(frame.image, seen, frame.seconds))
        if self._show != "before":
            image = self._clean.paint(image, tracks, frame.seconds)
        return replace(cleaned, before=frame, image=image)
