"""`detect:` in the pipeline file: zones, classes, and mistakes in them."""

from __future__ import annotations

from pathlib import Path

import pytest

from streamdesnow.config.detect import DetectConfig
from streamdesnow.config.load import load_pipeline
from streamdesnow.errors import ConfigError

REST = "cameras:\n  gate: {source: a.mp4}\noutputs:\n  - hls: {directory: h}\n"


def load(folder: Path, detect: str) -> DetectConfig | None:
    path = folder / "p.yaml"
    path.write_text(REST + detect)
    return load_pipeline(path).detect


def test_nothing_is_looked_for_unless_asked(tmp_path: Path) -> None:
    assert load(tmp_path, "") is None
    assert load(tmp_path, "detect: {}\n") == DetectConfig()


def test_a_zone_is_a_list_of_corners_or_a_section_for_some_cameras(tmp_path: Path) -> None:
    config = load(
        tmp_path,
        "detect:\n  classes: person\n  zones:\n    road: [[0, 0.5], [1, 0.5], [1, 1]]\n"
        "    door: {polygon: [[0, 0], [0.2, 0], [0, 0.2]], cameras: [gate]}\n",
    )
    assert config is not None
    assert config.classes == ("person",)
    assert config.zones["road"].polygon == ((0, 0.5), (1, 0.5), (1, 1))
    assert config.zones["road"].cameras is None
    assert config.zones["door"].cameras == ("gate",)


@pytest.mark.parametrize(
    ("detect", "problem"),
    [
        (
            "{backend: onxx}",
            "detect.backend: expected 'auto', 'onnx' or 'imageai', got 'onxx'; did you mean 'onnx'?",
        ),
        ("{zones: {road: [[0, 0], [1, 1]]}}", "detect.zones.road: a zone has three corners or more, got 2"),
        (
            "{zones: {road: [[0, 0], [1, 0], [1, 360]]}}",
            "detect.zones.road.2.1: expected at most 1.0, got '360'",
        ),
        (
            "{zones: {road: {polygon: [[0, 0], [1, 0], [1, 1]], cameras: [gat]}}}",
            "detect.zones.road.cameras.0: there is no camera 'gat'; did you mean 'gate'?",
        ),
        (
            "{zones: {road: {polygon: [[0, 0], [1, 0], [1, 1]], cameras: []}}}",
            "detect.zones.road.cameras: an empty list is for no camera; leave the key out for all cameras",
        ),
        ("{confidence: 50}", "detect.confidence: expected at most 1.0, got '50'"),
    ],
)
def test_mistakes_are_told_at_their_place(tmp_path: Path, detect: str, problem: str) -> None:
    with pytest.raises(ConfigError) as caught:
        load(tmp_path, f"detect: {detect}\n")
    assert str(caught.value).startswith(f"{tmp_path}/p.yaml:5:")
    assert str(caught.value).endswith(problem)
