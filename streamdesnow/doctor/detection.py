"""Whether objects can be looked for as a pipeline file asks."""

from __future__ import annotations

import importlib.util

from streamdesnow.config.detect import DetectConfig
from streamdesnow.detect.build import build_detector
from streamdesnow.doctor.finding import Finding, Level
from streamdesnow.errors import StreamDesnowError

__all__ = ["detection_finding"]


def detection_finding(config: DetectConfig) -> Finding:
    """The detector's weights and packages; nothing is loaded."""
    try:
        build_detector(config)
    except StreamDesnowError as error:
        return Finding.of_error("detector", error)
    if importlib.util.find_spec("trackers") is None:
        advice = 'pip install "streamdesnow[track]"'
        return Finding(Level.PROBLEM, "detector", "trackers is not installed, which joins finds", advice, 4)
    return Finding(Level.GOOD, "detector", f"{config.model} is there")
