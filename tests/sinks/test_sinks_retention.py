from __future__ import annotations

import datetime as dt
import os
from itertools import islice
from pathlib import Path

import pytest

from streamdesnow.clock import ManualClock
from streamdesnow.errors import SinkError
from streamdesnow.sinks.retention import Retention
from streamdesnow.sinks.retention_thread import RetentionThread
from streamdesnow.sinks.segment_names import SegmentNames

NOW = dt.datetime(2026, 1, 15, 12, 0, 0, tzinfo=dt.UTC)
DAY = 86400.0
UP = 3600.0
"""For so long the machine has been up: its clock counts."""


def names(folder: Path, template: str = "%Y-%m-%d_%H-%M-%S", camera: str = "gate") -> SegmentNames:
    return SegmentNames(folder, template, camera, "clean")


def put(folder: Path, name: str, age: float, size: int = 100) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(bytes(size))
    at = NOW.timestamp() - age
    os.utime(path, (at, at))
    return path


def test_names_are_the_wall_clock_with_numbers_added(tmp_path: Path) -> None:
    first = list(islice(names(tmp_path).candidates(NOW), 3))
    assert [path.name for path in first] == [
        "2026-01-15_12-00-00.mp4", "2026-01-15_12-00-00-2.mp4", "2026-01-15_12-00-00-3.mp4",
    ]  # fmt: skip


def test_names_may_hold_camera_show_and_folders(tmp_path: Path) -> None:
    given = names(tmp_path, "{camera}/%Y/{show}-%H%M", camera="50% off/%Y")
    path = next(given.candidates(NOW))
    assert path.parts[-2:] == ("2026", "clean-1200.mp4")
    assert path.parts[-3].startswith("50_ off_")
    put(path.parent, path.name, 0)
    assert given.existing() == [path]


@pytest.mark.parametrize("template", ["../%Y", "/tmp/%Y", "a/../../%Y", ""])
def test_names_that_lead_out_of_the_folder_are_refused(tmp_path: Path, template: str) -> None:
    with pytest.raises(SinkError, match="leads out of"):
        names(tmp_path, template)


def test_only_files_named_by_this_recorder_are_found(tmp_path: Path) -> None:
    ours = put(tmp_path, "gate_2026-01-15.mp4", 0), put(tmp_path, "gate_2026-01-14-2.mp4", 0)
    for other in ("yard_2026-01-15.mp4", "holiday.mp4", "gate_2026-01-15.mkv", "xgate_2026-01-15.mp4"):
        put(tmp_path, other, 0)
    assert set(names(tmp_path, "{camera}_%Y-%m-%d").existing()) == set(ours)


def test_segments_older_than_keep_are_deleted_and_emptied_folders_with_them(tmp_path: Path) -> None:
    template = "%Y-%m-%d/%H-%M-%S"
    old = put(tmp_path, "2026-01-01/10-00-00.mp4", 14 * DAY + 1)
    young = put(tmp_path, "2026-01-02/10-00-00.mp4", 14 * DAY - 1)
    foreign = put(tmp_path, "notes.mp4", 99 * DAY)
    retention = Retention(names(tmp_path, template), 14 * DAY, None, ManualClock(UP, now=NOW), "record[gate]")
    assert retention.apply(None) == [old]
    assert not old.parent.exists()
    assert young.exists()
    assert foreign.exists()


def test_a_folder_that_somebody_else_tidies_up_is_no_reason_to_stop(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = put(tmp_path, "2026-01-01/10-00-00.mp4", 14 * DAY + 1)
    retention = Retention(
        names(tmp_path, "%Y-%m-%d/%H-%M-%S"), DAY, None, ManualClock(UP, now=NOW), "record[gate]"
    )
    unlink = Path.unlink

    def also_removed(path: Path, missing_ok: bool = False) -> None:
        unlink(path, missing_ok=missing_ok)
        path.parent.rmdir()

    monkeypatch.setattr(Path, "unlink", also_removed)
    assert retention.apply(None) == [old]


def test_the_oldest_are_deleted_until_the_rest_fits(tmp_path: Path) -> None:
    paths = [put(tmp_path, f"2026-01-15_0{n}-00-00.mp4", (9 - n) * 3600, 400) for n in range(5)]
    retention = Retention(names(tmp_path), None, 1000, ManualClock(UP, now=NOW), "record[gate]")
    assert retention.apply(None) == paths[:3]
    assert [path.exists() for path in paths] == [False, False, False, True, True]


def test_what_is_being_written_is_never_deleted(tmp_path: Path) -> None:
    current = put(tmp_path, "2026-01-15_01-00-00.mp4", 99 * DAY, 5000)
    of_another_camera = put(tmp_path, "2026-01-15_02-00-00.mp4", 1, 5000)
    retention = Retention(names(tmp_path), DAY, 1000, ManualClock(UP, now=NOW), "record[gate]")
    assert retention.apply(current) == []
    assert current.exists()
    assert of_another_camera.exists()


def test_segments_of_a_clock_that_was_ahead_grow_old_from_now_on(tmp_path: Path) -> None:
    clock = ManualClock(UP, now=NOW)
    ahead = put(tmp_path, "2027-01-15_01-00-00.mp4", -365 * DAY)
    right = [put(tmp_path, f"2026-01-15_0{n}-00-00.mp4", 3600 * (9 - n)) for n in range(3)]
    retention = Retention(names(tmp_path), 2 * DAY, 300, clock, "record[gate]")
    assert retention.apply(None) == right[:1], "the oldest, not all that are right"
    clock.advance(DAY + 1)
    assert retention.apply(None) == []
    again = Retention(names(tmp_path), 2 * DAY, 300, clock, "record[gate]")
    clock.advance(DAY)
    assert again.apply(None) == [*right[1:], ahead], "a day of it was noted down"


def test_a_clock_that_is_behind_when_the_machine_starts_spoils_no_dates(tmp_path: Path) -> None:
    clock = ManualClock(now=NOW - dt.timedelta(days=90))
    segments = [put(tmp_path, f"2026-01-{day:02}_01-00-00.mp4", (15 - day) * DAY) for day in range(2, 15)]
    retention = Retention(names(tmp_path), 14 * DAY, None, clock, "record[gate]")
    assert retention.apply(None) == []
    clock.advance(30)
    clock.set(NOW)
    assert retention.apply(None) == []
    clock.advance(3601)
    assert retention.apply(None) == []
    clock.advance(DAY)
    assert retention.apply(None) == segments[:1]


def test_what_was_recorded_by_a_clock_that_was_behind_is_as_old_as_it_is(tmp_path: Path) -> None:
    clock = ManualClock(now=NOW - dt.timedelta(days=90))
    retention = Retention(names(tmp_path), DAY, None, clock, "record[gate]")
    own = []
    for hour in range(3):
        own.append(put(tmp_path, f"2025-10-17_1{hour}-00-00.mp4", 90 * DAY - hour * 3600))
        assert retention.apply(own[-1]) == []
        clock.advance(3600)
    clock.set(NOW + dt.timedelta(hours=3))
    written_since = put(tmp_path, own[-1].name, -3 * 3600)
    assert retention.apply(own[-1]) == []
    assert written_since.stat().st_mtime == clock.now().timestamp()
    clock.advance(3601)
    assert retention.apply(None) == []
    clock.advance(DAY - 3 * 3600)
    assert retention.apply(None) == own[:2]


@pytest.mark.parametrize("ran_before", [False, True])
def test_a_clock_that_is_ahead_deletes_nothing_until_it_is_set(tmp_path: Path, ran_before: bool) -> None:
    clock = ManualClock(now=NOW + dt.timedelta(days=3650))
    segments = [put(tmp_path, f"2026-01-0{day}_01-00-00.mp4", (14.5 - day) * DAY) for day in range(1, 4)]
    if ran_before:
        put(tmp_path, "2036-01-13_01-00-00.mp4", -3649.9 * DAY)
    retention = Retention(names(tmp_path), 13 * DAY, None, clock, "record[gate]")
    assert retention.apply(None) == []
    clock.advance(1800)
    assert retention.apply(None) == []
    clock.set(NOW)
    assert retention.apply(None) == []
    clock.advance(3601)
    assert retention.apply(None) == segments[:1]


def test_short_runs_on_a_machine_that_has_long_been_up_delete_too(tmp_path: Path) -> None:
    clock = ManualClock(UP, now=NOW)
    old = put(tmp_path, "2026-01-01_10-00-00.mp4", 14 * DAY)
    assert Retention(names(tmp_path), DAY, None, clock, "record[gate]").apply(None) == [old]


def test_a_machine_that_slept_dates_nothing_anew(tmp_path: Path) -> None:
    clock = ManualClock(UP, now=NOW)
    own = put(tmp_path, "2026-01-15_12-00-00.mp4", 0)
    retention = Retention(names(tmp_path), DAY, None, clock, "record[gate]")
    assert retention.apply(own) == []
    clock.set(NOW + dt.timedelta(hours=8))
    retention.apply(None)
    assert own.stat().st_mtime == NOW.timestamp()


class Slow(Retention):
    """Takes its time, and counts."""

    looks = 0

    def __init__(self, clock: ManualClock, takes: float, folder: Path) -> None:
        super().__init__(names(folder), DAY, None, clock, "record[gate]")
        self._manual, self._takes = clock, takes

    def apply(self, current: Path | None) -> list[Path]:
        self.looks += 1
        self._manual.advance(self._takes)
        return super().apply(current)


def test_it_looks_once_a_minute_and_when_a_segment_begins(tmp_path: Path) -> None:
    clock = ManualClock(UP, now=NOW)
    retention = Slow(clock, 0.0, tmp_path)
    thread = RetentionThread(retention, clock, "retention")

    def looks(*, begun: bool = False) -> int:
        thread.look_if_due(tmp_path / "current.mp4", begun=begun)
        thread.join(10)
        return retention.looks

    assert looks() == 1
    clock.advance(59)
    assert looks() == 1
    assert looks(begun=True) == 2
    clock.advance(60)
    assert looks() == 3


def test_a_folder_that_takes_long_is_looked_at_seldom(tmp_path: Path) -> None:
    clock = ManualClock(UP, now=NOW)
    retention = Slow(clock, 3.0, tmp_path)
    thread = RetentionThread(retention, clock, "retention")
    for _ in range(600):
        thread.look_if_due(tmp_path / "current.mp4", begun=True)
        thread.join(10)
        clock.advance(1)
    assert retention.looks == 2


def test_a_folder_that_is_gone_is_no_reason_to_stop(tmp_path: Path) -> None:
    retention = Retention(names(tmp_path / "gone"), DAY, 1, ManualClock(UP, now=NOW), "record[gate]")
    assert retention.apply(None) == []
