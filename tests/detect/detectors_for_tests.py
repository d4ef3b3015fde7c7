"""Detectors that a process is made of in tests; the config says how they behave."""

from __future__ import annotations

import json
import os
import signal
import sys
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path

from streamdesnow.detect.detection import Box, Detection
from streamdesnow.detect.memory import MemoryDetector
from streamdesnow.errors import DetectorUnavailable
from streamdesnow.frame import Image


def mean_grey(_: str) -> MemoryDetector:
    """Finds one thing that fills the picture, as sure as the picture is bright."""

    def find(image: Image) -> Iterable[Detection]:
        height, width = image.shape[:2]
        yield Detection("snow", 1, float(image.mean()) / 255, Box(0, 0, width, height))

    return MemoryDetector(find, labels=("person", "snow"))


def unwell(config: str) -> MemoryDetector:
    """Does what the upper left pixel's blue says; `config` is a file that notes each start."""
    notes = Path(json.loads(config)["notes"])
    notes.write_text(notes.read_text() + f"{tempfile.gettempdir()}\n" if notes.exists() else "start\n")

    def find(image: Image) -> Iterable[Detection]:
        match int(image[0, 0, 0]):
            case 1:
                print("something is very wrong", file=sys.stderr, flush=True)
                os.kill(os.getpid(), signal.SIGSEGV)
            case 2:
                time.sleep(3600)
            case 3:
                raise ValueError("a picture of this kind")
            case 4:
                os.write(2, b"x" * 2_000_000)
                print("y" * 2_000_000)
        return ()

    return MemoryDetector(find)


def missing(_: str) -> MemoryDetector:
    """Cannot be opened."""
    raise DetectorUnavailable("there are no weights; put them there")


def dies_while_opening(_: str) -> MemoryDetector:
    """Is gone before it is open."""
    os._exit(3)
