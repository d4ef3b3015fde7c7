"""Which cameras are cleaned enlarged: as many as there is time for. Time is moved by hand."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

import pytest
import tiny_models
from twins import TwinMemory, TwinParts, TwinSource

from streamdesnow.clock import ManualClock
from streamdesnow.config.overload import OverloadConfig
from streamdesnow.pipeline.assembly import load_restorers, make_lanes
from streamdesnow.pipeline.enlarging import Enlarging
from streamdesnow.pipeline.notice import Notice, Notices
from streamdesnow.pipeline.overload import Overload
from streamdesnow.pipeline.parts import real_parts
from streamdesnow.pipeline.rank import Rank
from streamdesnow.pipeline.relief import Relief

_SECONDS_A_PIXEL = 1e-7  # 23 ms a frame of 640x360, 92 ms enlarged


@dataclass
class Camera:
    """A live camera of so many frames a second, all of which are served unless a test says otherwise."""

    name: str = "gate"
    fps: float = 5.0
    size: tuple[int, int] | None = (640, 360)
    rank: Rank = field(default_factory=Rank)
    model: str = "m"
    stream: TwinMemory = field(default_factory=lambda: TwinMemory(can_enlarge=True))
    came: float = 0.0
    served: float = 0.0

    @property
    def keeping_up(self) -> tuple[int, int] | None:
        return int(self.came), int(self.served)

    def relieve(self, steps: int) -> None:
        self.rank.relief.move(steps)


class Yard:
    """Cameras, and time that passes."""

    def __init__(self, *cameras: Camera, pace: float | None = _SECONDS_A_PIXEL) -> None:
        self.cameras, self.pace, self.now = cameras, pace, 0.0
        self.told: list[Notice] = []
        self.enlarging = Enlarging(cameras, lambda model: self.pace, recover=10.0)
        notices = Notices(self.told.append, ManualClock())
        config = OverloadConfig(after=2.0, recover=10.0)
        self.overload = Overload(cameras, config, notices, self.enlarging)

    def run(self, seconds: float, served: float = 1.0) -> list[bool]:
        """Let time pass in which such a share of the frames is served; who is enlarged then."""
        for _ in range(round(seconds * 20)):
            self.now += 0.05
            for camera in self.cameras:
                camera.came += camera.fps / 20
                camera.served += served * camera.fps / 20
            self.overload.step(self.now)
        return [camera.stream.enlarge for camera in self.cameras]


def test_who_has_time_stays_enlarged() -> None:
    yard = Yard(Camera(fps=5))  # 0.46 of the time
    assert yard.run(20) == [True]


def test_what_would_take_too_long_is_foretold_before_frames_are_lost() -> None:
    yard = Yard(Camera(fps=15))  # 1.4 of the time
    assert yard.run(4) == [False]
    assert yard.told == []


def test_as_many_as_there_is_time_for_by_priority_then_by_the_order_of_the_file() -> None:
    urgent = Rank(priority=5, relief=Relief())
    yard = Yard(Camera("a", fps=3.5), Camera("b", fps=3.5), Camera("c", fps=3.5, rank=urgent))
    # 0.32 of the time each, 0.08 as they are.
    assert yard.run(10) == [True, False, True]
    yard.cameras[2].fps = 6  # 0.55 of the time
    assert yard.run(15) == [False, False, True]


def test_whoever_is_not_enlarged_is_once_there_is_time_with_some_to_spare() -> None:
    yard = Yard(Camera(fps=15))
    assert yard.run(4) == [False]
    yard.pace = 0.7 / (15 * 1280 * 720)  # enough to stay so, not to begin
    assert yard.run(10) == [False]
    yard.pace = 0.5 / (15 * 1280 * 720)
    assert yard.run(2) == [True]
    yard.pace = 0.7 / (15 * 1280 * 720)
    assert yard.run(10) == [True]


def test_lost_frames_end_it_before_any_policy_sets_in_and_for_ever_longer() -> None:
    yard = Yard(Camera(rank=Rank(relief=Relief("pass"))))
    assert yard.run(3) == [True]
    assert yard.run(1.5, served=0.5) == [True], "a hiccup"
    assert yard.run(5) == [True]
    assert yard.run(3.5, served=0.5) == [False]
    assert yard.run(8) == [False]
    assert yard.run(4) == [True], "ten seconds later"
    assert yard.run(3.5, served=0.5) == [False]
    assert yard.run(17) == [False]
    assert yard.run(5) == [True], "twenty seconds later"
    assert yard.told == []


def test_what_is_foretold_wrongly_again_and_again_is_tried_ever_more_seldom() -> None:
    yard = Yard(Camera(fps=10))
    changes = [yard.cameras[0].stream.enlarge]
    for minute in range(600):
        yard.pace = (0.5 if minute % 2 else 0.9) / (10 * 1280 * 720)  # wanders every second
        changes += yard.run(1)
    assert sum(a != b for a, b in pairwise(changes)) < 16


def test_nobody_is_enlarged_while_overload_has_come_to_another() -> None:
    important = Camera("important", fps=5, size=(1280, 720), rank=Rank(9, Relief("pass")))
    yard = Yard(important, Camera("yard", fps=2), pace=1e-9)
    yard.cameras[1].stream.enlarge = False
    important.relieve(1)
    assert yard.run(4) == [True, False]
    important.relieve(-1)
    assert yard.run(4) == [True, True]


def test_a_large_frame_that_loses_gets_its_policy_at_once() -> None:
    camera = Camera(fps=20, size=(1920, 1080), rank=Rank(relief=Relief("pass")))
    yard = Yard(camera, pace=1e-9)
    yard.run(3)
    yard.run(3, served=0.3)
    assert [notice.kind for notice in yard.told] == ["overloaded"]


def test_who_costs_nothing_is_not_counted() -> None:
    resting = Camera("resting", fps=25, size=(1920, 1080))
    resting.stream.cleans = False
    yard = Yard(resting, Camera(fps=5))
    assert yard.run(10) == [True, True]


def test_one_long_call_is_no_overload_and_a_network_that_always_takes_long_is() -> None:
    camera = Camera(fps=20, rank=Rank(relief=Relief("pass")))
    yard = Yard(camera, pace=1e-9)
    yard.run(1)
    for expected in ([True], [False]):
        for _ in range(1 if expected == [True] else 4):
            yard.now += 30  # an engine is built
            camera.came += 600
            camera.served += 1
            yard.overload.step(yard.now)
        assert yard.run(0.6) == expected


def test_where_it_does_not_help_the_policy_sets_in_and_nobody_is_enlarged_meanwhile() -> None:
    yard = Yard(Camera(fps=20, rank=Rank(relief=Relief("pass"))), pace=1e-9)
    yard.run(3)
    assert yard.run(8, served=0.3) == [False]
    assert [notice.kind for notice in yard.told] == ["overloaded"]
    assert yard.run(8, served=1.0) == [False]


@pytest.mark.parametrize("size", [None, (1280, 720), (1920, 1080)])
def test_large_frames_and_unknown_ones_are_no_reason_to_do_anything(size: tuple[int, int] | None) -> None:
    yard = Yard(Camera(fps=25, size=size))
    assert yard.run(10) == [True]


def test_as_long_as_the_pace_is_not_known_nothing_changes() -> None:
    yard = Yard(Camera(fps=100), pace=None)
    assert yard.run(10) == [True]


def test_files_are_enlarged_and_live_cameras_and_none_where_there_are_both() -> None:
    live, file = TwinSource("live", live=True), TwinSource("file")
    assert _enlarged(live) == [True]
    assert _enlarged(file) == [True]
    assert _enlarged(live, file) == [False, False]
    assert _enlarged(live, file, enlarge="always") == [True, True]


def test_the_smaller_model_gets_frames_as_they_are_or_it_would_be_no_relief() -> None:
    twins = TwinParts(TwinSource("live", live=True))
    config = twins.config(overload={"policy": "smaller-model"})
    restorers = load_restorers(config, twins.parts)
    for restorer in twins.restorers.values():
        restorer.can_enlarge = True
    lanes, _ = make_lanes(config, twins.parts, restorers, ManualClock())
    assert lanes[0].stream.enlarge
    lanes[0].relieve(1)
    assert not lanes[0].stream.enlarge


def test_never_is_told_to_the_network(tmp_path: Path) -> None:
    folder = tiny_models.averaging(tmp_path / "avg")
    tiny_models.averaging(folder / "enlarged", enlarged=True)
    for enlarge in ("never", "auto", "always"):
        config = TwinParts(TwinSource("file")).config(restore={"enlarge": enlarge})
        restorer = real_parts().restorer(str(folder), config)
        assert restorer.stream("file").enlarge == (enlarge != "never")
        restorer.close()


def _enlarged(*sources: TwinSource, enlarge: str = "auto") -> list[bool]:
    twins = TwinParts(*sources)
    config = twins.config(restore={"enlarge": enlarge})
    restorers = load_restorers(config, twins.parts)
    for restorer in twins.restorers.values():
        restorer.can_enlarge = True
    lanes, _ = make_lanes(config, twins.parts, restorers, ManualClock())
    return [lane.stream.enlarge for lane in lanes]
