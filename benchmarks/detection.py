"""How much more a detector finds in cleaned pictures: mAP, recall and track breaks, with four arms.

    python benchmarks/detection.py ../shared/data --json out/detection.json

Arms: snow-free, snowy, cleaned by each model, and cleaned by a causal temporal median. The snow is of a style
that no model trains on. `FOLDER` is laid out like this, and what is missing is left out:

    photos/train/coco128/*.jpg and labels/*.txt   COCO photographs with boxes, in YOLO's layout
    video/clean/*                                 snow-free clips of fixed cameras
    weights/tiny-yolov3.pt                        the detector, unless --detector names one

Models for single pictures are scored on the photographs, against their boxes. The median is given five
pictures of each, in which nothing moves: the best case for it. Causal models are scored on the clips and on a
drawn street, 480 pixels wide, from the 13th frame on; truth is what the detector finds in the snow-free clip,
among people and vehicles. `recovered` is the share of the mAP50 lost to snow that an arm brings back:
(cleaned - snowy) / (clean - snowy). Rows with snow `none` tell what cleaning costs where there is nothing to clean.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path

from detection_arms import Arms, detector_for, open_arms
from machine import describe

from streamdesnow.capture.av_reader import AvReader
from streamdesnow.capture.kinds import VIDEO_SUFFIXES
from streamdesnow.detect.detector import Detector
from streamdesnow.lab.detection.look import look_at_clip, look_at_photo, only
from streamdesnow.lab.detection.photos import find_photos
from streamdesnow.lab.detection.report import INPUT, NONE, findings, markdown, rows
from streamdesnow.lab.detection.trial import Frames, Trial
from streamdesnow.lab.open_pairs import SnowChoice, open_pairs
from streamdesnow.snowfall.snow import HELD_OUT

ROAD_USERS = frozenset({"person", "bicycle", "car", "motorbike", "bus", "truck"})
"""Classes on clips: a chair that the detector imagines once would weigh as much as all cars together."""
SKIP = 12
STREET = "street"
STREET_FPS = 25.0
"""Of the simulated camera."""


