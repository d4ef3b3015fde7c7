"""Draws what was found into a picture."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from streamdesnow.config.overlay import OverlayConfig
from streamdesnow.detect.colours import DARK, WHITE, Colour, colour_of, outlined
from streamdesnow.detect.detection import Box, Detection
from streamdesnow.detect.labels import Rectangle, draw_label, label_text, lettering
from streamdesnow.detect.trails import Trails
from streamdesnow.detect.zones import Zones
from streamdesnow.frame import Image

__all__ = ["Painter"]

Points = NDArray[np.int32]
"""Shape (N, 2): x, y in pixels."""

_LINES = 300


class Painter:
    """Boxes, labels, trails and zones of one camera, drawn on copies. Lines and letters grow with the frame.

    Args:
        config: what is drawn.
        zones: of the camera; None: none.
    """

    def __init__(self, config: OverlayConfig, zones: Zones | None = None) -> None:
        self._config = config
        self._zones = zones if config.zones else None
        self._trails = Trails(config.trails) if config.trails else None

    def paint(self, image: Image, tracks: Sequence[Detection], seconds: float = 0.0) -> Image:
        """A picture with the overlay; `image` itself if there is nothing to draw.

        Args:
            image: uint8 (H, W, 3) BGR, any size; it is not changed.
            tracks: boxes in its pixels.
            seconds: presentation time, for trails: call it once a frame, in their order.
        """
        ways = self._trails.follow(tracks, seconds) if self._trails is not None else {}
        polygons = self._zones.polygons if self._zones is not None else {}
        if not tracks and not polygons:
            return image
        picture = np.ascontiguousarray(image).copy()
        height, width = picture.shape[:2]
        thickness = max(1, round(self._config.scale * max(2.0, min(width, height) / _LINES)))
        places = {
            name: np.round(np.array(polygon) * (width - 1, height - 1)).astype(np.int32)
            for name, polygon in polygons.items()
        }
        for corners in places.values():
            _draw_line(picture, corners, WHITE, max(1, thickness // 2), closed=True)
        # The surest on top.
        for each in reversed(tracks):
            colour = colour_of(each, self._config.colour)
            if each.track in ways:
                _draw_line(picture, np.array(ways[each.track], np.int32), colour, thickness, closed=False)
            _draw_line(picture, _corners(each), colour, thickness, closed=True)
        if self._config.labels:
            self._write_labels(picture, tracks, places)
        return picture

    def _write_labels(self, picture: Image, tracks: Sequence[Detection], zones: Mapping[str, Points]) -> None:
        letters = lettering(picture.shape[1], picture.shape[0], self._config.scale)
        taken: list[Rectangle] = []
        for name, corners in zones.items():
            (left, top), (right, bottom) = corners.min(axis=0), corners.max(axis=0)
            taken.append(draw_label(picture, Box(left, top, right, bottom), name, WHITE, letters, taken))
        for each in tracks:
            colour = colour_of(each, self._config.colour)
            taken.append(draw_label(picture, each.box, label_text(each), colour, letters, taken))


def _corners(detection: Detection) -> Points:
    box = detection.box
    left, top, right, bottom = (round(side) for side in (box.left, box.top, box.right, box.bottom))
    return np.array([[left, top], [right, top], [right, bottom], [left, bottom]], np.int32)


def _draw_line(picture: Image, points: Points, colour: Colour, thickness: int, *, closed: bool) -> None:
    cv2.polylines(picture, [points], closed, DARK, outlined(thickness), cv2.LINE_AA)
    cv2.polylines(picture, [points], closed, colour, thickness, cv2.LINE_AA)
