"""Pictures that are too old go, whatever else happens."""

from __future__ import annotations

import datetime as dt
import os
from pathlib import Path

import pytest

from streamdesnow.clock import ManualClock
from streamdesnow.config.events import EventsConfig
from streamdesnow.detect import snapshot_folder
from streamdesnow.detect.event_reporter import EventReporter
from streamdesnow.detect.snapshot_folder import SnapshotFolder

DAY = 86400.0


def picture(folder: Path, at: dt.datetime, name: str = "a.jpg") -> Path:
    """Written at that time."""
    path = folder / "snapshots" / f"{at:%Y-%m-%d}" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"")
    os.utime(path, (at.timestamp(), at.timestamp()))
    return path


def test_what_grows_old_is_deleted_while_nothing_comes_or_goes(tmp_path: Path) -> None:
    clock = ManualClock(monotonic=3600)
    config = EventsConfig(directory=tmp_path, keep=DAY)
    reporter = EventReporter(config, "gate", "4cafa470", clock, compare=False)
    old, new = picture(tmp_path, clock.now() - dt.timedelta(days=2)), picture(tmp_path, clock.now())
    reporter.tidy()
    assert not old.parent.exists()
    assert new.exists()
    clock.advance(DAY - 3600)
    reporter.tidy()
    assert new.exists()
    clock.advance(2 * 3600)
    reporter.tidy()
    assert not new.parent.exists()


def test_a_full_folder_is_gone_through_in_parts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(snapshot_folder, "_AT_ONCE", 10)
    clock = ManualClock(monotonic=3600)
    at = clock.now() - dt.timedelta(days=2)
    pictures = [picture(tmp_path, at, f"{number}.jpg") for number in range(25)]
    folder = SnapshotFolder("events[gate]", tmp_path, DAY, clock)
    left = []
    for _ in range(3):
        folder.delete_old()
        left.append(sum(path.exists() for path in pictures))
    assert left == [15, 5, 0]
    assert not pictures[0].parent.exists()


def test_a_time_longer_than_the_calendar_deletes_nothing(tmp_path: Path) -> None:
    clock = ManualClock(monotonic=3600)
    config = EventsConfig.model_validate({"directory": tmp_path, "keep": "999999d"})
    old = picture(tmp_path, dt.datetime(1971, 1, 1, tzinfo=dt.UTC))
    EventReporter(config, "gate", "4cafa470", clock, compare=False).tidy()
    assert old.exists()


def test_old_snapshots_are_deleted_also_by_a_clock_that_was_a_year_ahead(tmp_path: Path) -> None:
    clock = ManualClock(monotonic=3600, now=dt.datetime(2027, 1, 15, tzinfo=dt.UTC))
    folder = SnapshotFolder("events[gate]", tmp_path, DAY, clock)
    folder.delete_old()
    clock.set(dt.datetime(2026, 1, 15, tzinfo=dt.UTC))
    old = picture(tmp_path, dt.datetime(2026, 1, 10, tzinfo=dt.UTC))
    for _ in range(8):  # an hour passes before the clock is believed again
        clock.advance(600)
        folder.delete_old()
    assert not old.parent.exists()


def test_nothing_is_deleted_while_the_clock_may_be_wrong(tmp_path: Path) -> None:
    clock = ManualClock(now=dt.datetime(2036, 1, 15, tzinfo=dt.UTC))  # the machine has just been started
    kept = picture(tmp_path, dt.datetime(2026, 1, 15, tzinfo=dt.UTC))
    folder = SnapshotFolder("events[gate]", tmp_path, DAY, clock)
    for _ in range(5):
        folder.delete_old()
        clock.advance(600)
    assert kept.exists()
    clock.advance(600)
    folder.delete_old()
    assert not kept.exists()
