from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from streamdesnow.config.pipeline import PipelineConfig


def load(cameras: str = "a", output: dict[str, Any] | None = None, **more: Any) -> PipelineConfig:
    sections = {
        "cameras": {name: {"source": "x.mp4"} for name in cameras},
        "outputs": [{"record": output or {}}],
        **more,
    }
    return PipelineConfig.model_validate(sections)


def test_nothing_is_looked_for_unless_it_is_asked_for() -> None:
    assert load().detect is None


def test_detect_and_events_alone_stand_for_all_their_defaults() -> None:
    detect = load(detect=None).detect
    assert detect is not None
    assert (detect.model, detect.overlay.burn, detect.events) == ("tiny-yolov3", True, None)
    detect = load(detect={"events": None, "overlay": None, "track": None}).detect
    assert detect is not None
    assert detect.events is not None
    assert str(detect.events.directory) == "events/{camera}"
    assert detect.track.lost == 2.0


def test_an_overlay_needs_something_to_draw() -> None:
    with pytest.raises(ValidationError, match="nothing to draw without a `detect:` section"):
        load(output={"overlay": True})
    assert load(output={"overlay": False}).detect is None
    assert load(output={"overlay": True}, detect={}).detect is not None


def test_several_cameras_do_not_write_events_into_one_file() -> None:
    events = {"directory": "events"}
    with pytest.raises(ValidationError, match="2 cameras would use the same place"):
        load("ab", detect={"events": events})
    assert load("a", detect={"events": events}).detect is not None


def test_a_track_takes_two_frames_at_least() -> None:
    with pytest.raises(ValidationError, match="greater than or equal to 2"):
        load(detect={"track": {"confirm": 1}})
