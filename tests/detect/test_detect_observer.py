from __future__ import annotations

import datetime as dt
import json
import os
from collections.abc import Callable, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import cv2
import jsonschema
import numpy as np
import pytest

from streamdesnow.clock import ManualClock
from streamdesnow.config.detect import DetectConfig
from streamdesnow.detect.detection import Box, Detection
from streamdesnow.detect.event import event_schema
from streamdesnow.detect.event_reporter import EventReporter
from streamdesnow.detect.memory import MemoryDetector
from streamdesnow.detect.observer import Observer
from streamdesnow.frame import CleanedFrame, Frame, Image

Find = Callable[[Image], Sequence[Detection]]


def person(left: float, confidence: float = 0.8, bottom: float = 60.0) -> Detection:
    return Detection("person", 0, confidence, Box(left, bottom - 50, left + 20, bottom))


def cleaned(index: int, *, discontinuity: bool = False, size: tuple[int, int] = (160, 80)) -> CleanedFrame:
    """Frames at 10 fps; before cleaning bright, afterwards as dark as its number."""
    before = np.full((size[1], size[0], 3), 200, np.uint8)
    frame = Frame(before, index, Fraction(1, 10), 0.0, "gate", index, discontinuity)
    return CleanedFrame(frame, np.full_like(before, index), 0.0)


class Scene:
    """An observer that writes events into a folder."""

    def __init__(self, folder: Path, find: Find, **detect: Any) -> None:
        self.folder = folder
        self.clock = ManualClock(now=dt.datetime(2026, 1, 15, 12, tzinfo=dt.timezone(dt.timedelta(hours=1))))
        self.config = DetectConfig.model_validate({"events": {"directory": str(folder)}, **detect})
        assert self.config.events is not None
        compare = self.config.compare
        self.reporter = EventReporter(self.config.events, "gate", "4cafa470", self.clock, compare=compare)
        self.observer = Observer(self.config, "gate", self.clock, self.reporter)
        self.detector = MemoryDetector(find)
        self.detector.open()

    def look(self, *numbers: int, **more: Any) -> list[tuple[Detection, ...]]:
        return [self.observer.look(self.detector, cleaned(number, **more)) for number in numbers]

    @property
    def events(self) -> list[dict[str, Any]]:
        lines = (self.folder / "events.jsonl").read_text().splitlines()
        events = [json.loads(line) for line in lines]
        for event in events:
            jsonschema.validate(event, event_schema(), format_checker=jsonschema.FormatChecker())
        return events

    def pixel(self, path: str) -> int:
        return int(cv2.imread(str(self.folder / path))[0, 0, 0])


def by_number(find: Callable[[int], Sequence[Detection]]) -> Find:
    return lambda image: find(int(image[0, 0, 0]))


def test_coming_and_going_are_two_lines_that_the_schema_knows(tmp_path: Path) -> None:
    scene = Scene(tmp_path, by_number(lambda n: [person(2 * n, 0.9 if n == 3 else 0.7)] if n < 5 else []))
    scene.look(*range(30))
    enter, leave = scene.events
    assert (enter["event"], leave["event"], leave["reason"]) == ("enter", "leave", "lost")
    assert enter["id"] == leave["id"] == "4cafa470-gate-1"
    assert (enter["camera"], enter["track"], enter["class"]) == ("gate", 1, "person")
    assert enter["at"] == enter["entered"] == leave["entered"]
    assert (enter["at"]["pts"], enter["at"]["time_base"], enter["at"]["seconds"]) == (1, "1/10", 0.1)
    assert enter["at"]["time"] == "2026-01-15T11:00:00Z"
    assert (leave["at"]["pts"], leave["frames"], leave["confidence"]) == (4, 4, 0.9)
    assert leave["box"] == {"left": 8, "top": 10, "right": 28, "bottom": 60}
    assert leave["best"]["at"]["pts"] == 3
    assert leave["frame"] == [160, 80]
    assert (leave["zone"], leave["zones"], leave["seen_in"]) == (None, [], None)


def test_snapshots_show_the_best_frame_before_and_after_cleaning(tmp_path: Path) -> None:
    scene = Scene(tmp_path, by_number(lambda n: [person(10, 0.5 + n / 100 if n < 11 else 0.5)]))
    scene.look(0, 1)
    (enter,) = scene.events
    assert scene.pixel(enter["snapshots"]["clean"]) == 1
    scene.look(10, 11)
    scene.observer.close()
    leave = scene.events[-1]
    assert leave["snapshots"] == enter["snapshots"]
    assert scene.pixel(leave["snapshots"]["clean"]) == 10
    assert scene.pixel(leave["snapshots"]["before"]) == 200
    assert leave["snapshots"]["before"] == "snapshots/2026-01-15/11-00-00_4cafa470-1_before.jpg"


def test_snapshots_can_be_left_out_and_old_ones_are_deleted(tmp_path: Path) -> None:
    events = {"directory": str(tmp_path), "snapshots": False, "keep": "1d"}
    old = tmp_path / "snapshots" / "2020-01-01" / "a.jpg"
    old.parent.mkdir(parents=True)
    old.write_bytes(b"")
    os.utime(old, (0, 0))
    scene = Scene(tmp_path, lambda image: [person(10)], events=events)
    scene.clock.advance(3600)  # since the machine was started, whose clock may be wrong before
    scene.reporter.tidy()
    assert not old.parent.exists()
    scene.look(0, 1)
    assert scene.events[0]["snapshots"] is None


def test_the_end_of_the_stream_ends_every_track(tmp_path: Path) -> None:
    scene = Scene(tmp_path, lambda image: [person(10), person(100)])
    scene.look(0, 1)
    scene.observer.close()
    scene.observer.close()
    assert [event["event"] for event in scene.events] == ["enter", "enter", "leave", "leave"]
    assert {event["reason"] for event in scene.events[2:]} == {"ended"}


@pytest.mark.parametrize(
    ("number", "more"), [(5, {"discontinuity": True}), (5, {"size": (80, 160)}), (0, {})]
)
def test_a_cut_another_size_or_a_jump_back_interrupt_tracks(
    tmp_path: Path, number: int, more: dict[str, Any]
) -> None:
    scene = Scene(tmp_path, lambda image: [person(10)])
    scene.look(3, 4)
    scene.look(number, **more)
    scene.look(number + 1, size=more.get("size", (160, 80)))
    assert [(event["track"], event["reason"]) for event in scene.events] == [
        (1, None),
        (1, "interrupted"),
        (2, None),
    ]


def test_only_what_stands_in_a_zone_counts_and_zones_on_its_way_are_told(tmp_path: Path) -> None:
    zones = {
        "left": [[0, 0.5], [0.5, 0.5], [0.5, 1], [0, 1]],
        "right": [[0.5, 0.5], [1, 0.5], [1, 1], [0.5, 1]],
    }
    find = by_number(lambda n: [person(10.0 + 5 * n), person(10, bottom=30)])
    scene = Scene(tmp_path, find, zones=zones)
    found = scene.look(*range(28))
    scene.observer.close()
    assert max(len(each) for each in found) == 1
    enter, leave = scene.events
    assert (enter["zone"], enter["zones"]) == ("left", ["left"])
    assert (leave["zone"], leave["zones"]) == ("right", ["left", "right"])


def test_what_only_one_of_both_pictures_shows_is_counted(tmp_path: Path) -> None:
    def find(image: Image) -> list[Detection]:
        before = image[0, 0, 0] == 200
        return [person(10), person(60 if before else 110)]

    scene = Scene(tmp_path, find, compare=True)
    scene.look(*range(4))
    assert (scene.observer.objects, scene.observer.only_before, scene.observer.only_clean) == (3, 1, 1)
    scene.observer.close()
    assert (scene.observer.objects, scene.observer.only_before, scene.observer.only_clean) == (3, 1, 1)
    seen = {round(event["box"]["left"]): event["seen_in"] for event in scene.events}
    assert seen == {10: "both", 60: "before", 110: "clean"}


def test_a_thing_seen_now_in_one_and_now_in_the_other_picture_is_one_that_both_show(tmp_path: Path) -> None:
    turn = iter([True, False, True, False, False, True, False, True])
    scene = Scene(tmp_path, lambda image: [person(10)] if next(turn) else [], compare=True)
    scene.look(*range(4))
    assert (scene.observer.objects, scene.observer.only_before, scene.observer.only_clean) == (1, 0, 0)


def test_events_are_lost_and_counted_while_they_cannot_be_written(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "events.jsonl").mkdir()
    scene = Scene(tmp_path, by_number(lambda n: [person(10)] if n < 5 else [person(100)]))
    scene.look(*range(4))
    assert (scene.reporter.written, scene.reporter.lost) == (0, 1)
    assert "the stream goes on, events are lost until this is mended" in caplog.text
    (tmp_path / "events.jsonl").rmdir()
    scene.look(*range(5, 8))
    assert (scene.reporter.written, scene.reporter.lost, scene.reporter.error) == (1, 1, None)
    assert scene.events[0]["track"] == 2


def test_the_line_in_the_documentation_is_what_the_schema_says() -> None:
    page = (Path(__file__).parents[2] / "docs" / "events.md").read_text()
    example = json.loads(page.partition("```json\n")[2].partition("```")[0])
    jsonschema.validate(example, event_schema())
    assert set(example) == set(event_schema()["properties"])
    for field in event_schema()["properties"]:
        assert f"`{field}`" in page or f'"{field}"' in page
