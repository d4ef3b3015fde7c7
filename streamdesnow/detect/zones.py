"""Which zone of a camera's picture something stands in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import cv2
import numpy as np

from streamdesnow.config.detect import ZoneConfig
from streamdesnow.detect.detection import Box, Detection

__all__ = ["Zones"]


class Zones:
    """One camera's zones.

    Args:
        zones: by name, as in the pipeline file; the first that holds something wins.
        camera: the camera's name; zones of other cameras are left out.
    """

    def __init__(self, zones: Mapping[str, ZoneConfig], camera: str) -> None:
        self.polygons: dict[str, tuple[tuple[float, float], ...]] = {
            name: zone.polygon
            for name, zone in zones.items()
            if zone.cameras is None or camera in zone.cameras
        }

    def of(self, box: Box, width: int, height: int) -> str | None:
        """Name of the zone that something stands in: that holds the middle of the lower edge of its box.

        Args:
            box: in pixels of a picture of `width` x `height`.
        """
        foot = ((box.left + box.right) / 2 / width, box.bottom / height)
        for name, polygon in self.polygons.items():
            if cv2.pointPolygonTest(np.array(polygon, np.float32), foot, measureDist=False) >= 0:
                return name
        return None

    def keep(self, detections: Iterable[Detection], width: int, height: int) -> tuple[Detection, ...]:
        """What stands in a zone; everything, where the camera has none."""
        found = tuple(detections)
        if not self.polygons:
            return found
        return tuple(each for each in found if self.of(each.box, width, height) is not None)
