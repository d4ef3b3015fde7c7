"""What table, lines and summary say of weather and load."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest
from rich.console import Console

from streamdesnow.capture.source import CaptureState
from streamdesnow.cli.figures import load_text, snow_text, status_line
from streamdesnow.cli.live_table import live_table
from streamdesnow.status.data import camera_data
from streamdesnow.status.snapshot import CameraSnapshot, PipelineSnapshot

CALM = CameraSnapshot("gate", CaptureState.RUNNING, live=True)
RESTING = replace(CALM, snowfall=0.04, snowing=False)
SNOWING = replace(CALM, snowfall=4.65, snowing=True)
STRAINED = replace(CALM, relief="every 3rd frame", relief_switches=2, skipped=40)
RELIEVED = replace(CALM, relief="", relief_switches=2, passed=31)


@pytest.mark.parametrize(
    ("camera", "text"),
    [(CALM, ""), (RESTING, "snowfall 0.0 %, untouched"), (SNOWING, "snowfall 4.7 %")],
)
def test_snowfall_is_told_where_it_is_measured(camera: CameraSnapshot, text: str) -> None:
    assert snow_text(camera) == text
    assert text in status_line(camera)


@pytest.mark.parametrize(
    ("camera", "text"),
    [
        (CALM, ""),
        (STRAINED, "overload: every 3rd frame, 2 switches, 40 left out"),
        (RELIEVED, "overload: over, 2 switches, 31 uncleaned"),
    ],
)
def test_overload_is_told_once_there_was_any(camera: CameraSnapshot, text: str) -> None:
    assert load_text(camera) == text
    assert text in status_line(camera)


def test_the_table_has_a_line_for_weather_and_load() -> None:
    console = Console(file=io.StringIO(), width=80)
    camera = replace(STRAINED, snowfall=1.0, snowing=True)
    console.print(live_table(PipelineSnapshot(1.0, (), (camera, replace(CALM, name="yard")))))
    text = console.file.getvalue()
    assert "gate: snowfall 1.0 %, overload: every 3rd frame, 2 switches, 40 left out" in text
    assert "yard:" not in text


def test_json_lines_carry_the_figures() -> None:
    data = camera_data(RESTING)
    assert (data["snowfall"], data["snowing"], data["relief"]) == (0.04, False, "")
