"""Zones: what stands in them, and whose they are."""

from __future__ import annotations

from streamdesnow.config.detect import DetectConfig
from streamdesnow.detect.detection import Box, Detection
from streamdesnow.detect.zones import Zones

CONFIG = DetectConfig.model_validate(
    {
        "zones": {
            "road": [[0, 0.5], [1, 0.5], [1, 1], [0, 1]],
            "door": {"polygon": [[0.8, 0], [1, 0], [1, 0.4]], "cameras": ["yard"]},
        }
    }
)
# In a picture of 200x100.
WALKER = Detection("person", 0, 0.9, Box(20, 40, 40, 80))
BIRD = Detection("bird", 14, 0.9, Box(20, 0, 40, 10))
GUEST = Detection("person", 0, 0.9, Box(180, 0, 200, 20))


def test_a_thing_stands_where_the_middle_of_its_lower_edge_is() -> None:
    zones = Zones(CONFIG.zones, "gate")
    assert zones.of(WALKER.box, 200, 100) == "road"
    assert zones.of(BIRD.box, 200, 100) is None
    assert zones.keep([WALKER, BIRD], 200, 100) == (WALKER,)


def test_a_zone_may_be_one_cameras_only() -> None:
    assert Zones(CONFIG.zones, "gate").of(GUEST.box, 200, 100) is None
    assert Zones(CONFIG.zones, "yard").of(GUEST.box, 200, 100) == "door"


def test_a_camera_without_zones_is_watched_as_a_whole() -> None:
    assert Zones({}, "gate").keep([WALKER, BIRD], 200, 100) == (WALKER, BIRD)
