"""Where things are in the street, in metres (see `View`)."""

from __future__ import annotations

__all__ = [
    "CROSSING",
    "FACADES",
    "FACADES_LEFT",
    "KERB_LEFT",
    "KERB_RIGHT",
    "LAMP_FOOT",
    "LANE_AWAY",
    "LANE_EDGE",
    "LANE_TOWARDS",
]

LANE_AWAY = 1.8
LANE_TOWARDS = -1.8
LANE_EDGE = 3.6
KERB_LEFT = -3.9
KERB_RIGHT = 5.8
FACADES = 9.2
FACADES_LEFT = -9.6
CROSSING = (22.0, 25.6)
LAMP_FOOT = (6.1, 19.5)
