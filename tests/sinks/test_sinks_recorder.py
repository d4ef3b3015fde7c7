from __future__ import annotations

import os
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from clips import read_number
from sink_frames import BEFORE, cleaned, probe

from streamdesnow.clock import ManualClock
from streamdesnow.config.output import RecordConfig
from streamdesnow.frame import CleanedFrame
from streamdesnow.sinks.recorder import RecordSink

TICKS = Fraction(1, 90000)


def recorder(folder: Path, clock: ManualClock | None = None, **settings: Any) -> RecordSink:
    config = RecordConfig(directory=folder, encoder="software", preset="ultrafast", **settings)
    sink = RecordSink(config, "gate", clock or ManualClock())
    sink.open()
    return sink


def record(folder: Path, *frames: CleanedFrame, **settings: Any) -> list[Path]:
    sink = recorder(folder, **settings)
    for frame in frames:
        sink.write(frame)
    sink.close()
    return files(folder)


def files(folder: Path) -> list[Path]:
    return sorted((path for path in folder.rglob("*") if path.is_file()), key=os.path.getmtime)


def numbers(folder: Path) -> list[list[int]]:
    return [probe(path).numbers for path in files(folder)]


@pytest.mark.parametrize("codec", ["h264", "h265"])
def test_a_recording_holds_every_frame_and_knows_its_length(tmp_path: Path, codec: str) -> None:
    (path,) = record(tmp_path, *(cleaned(n) for n in range(60)), codec=codec)
    video = probe(path)
    assert path.name == "2026-01-15_12-00-00.mp4"
    assert video.codec == {"h264": "h264", "h265": "hevc"}[codec]
    assert video.numbers == list(range(60))
    assert video.times == [Fraction(n, 25) for n in range(60)]
    assert video.duration == pytest.approx(2.4, abs=0.01)
    assert video.keyframes == [0, 50]


def test_time_starts_at_zero_and_keeps_the_distances_of_the_source(tmp_path: Path) -> None:
    stamps = [2**33, 2**33 + 1, 2**33 + 3003, 2**33 + 90_000, 2**33 + 90_017]
    frames = [cleaned(n, pts=pts, time_base=TICKS) for n, pts in enumerate(stamps)]
    (path,) = record(tmp_path, *frames)
    assert probe(path).times == [(pts - stamps[0]) * TICKS for pts in stamps]


def test_time_bases_that_are_no_unit_fraction_are_kept_exactly(tmp_path: Path) -> None:
    ntsc = Fraction(1001, 30000)
    (path,) = record(tmp_path, *(cleaned(n, pts=n + 9, time_base=ntsc) for n in range(5)))
    assert probe(path).times == [n * ntsc for n in range(5)]


def test_time_stamps_that_do_not_grow_lose_no_frame(tmp_path: Path) -> None:
    frames = [cleaned(n, pts=pts) for n, pts in enumerate([5, 6, 6, 5, 7, 20])]
    (path,) = record(tmp_path, *frames)
    video = probe(path)
    assert video.numbers == list(range(6))
    assert video.times == [Fraction(n, 25) for n in (0, 1, 2, 3, 4, 15)]


@pytest.mark.parametrize(
    ("show", "size"), [("clean", (320, 240)), ("before", (320, 240)), ("side_by_side", (640, 240))]
)
def test_what_is_shown_is_what_is_recorded(tmp_path: Path, show: str, size: tuple[int, int]) -> None:
    (path,) = record(tmp_path, *(cleaned(n) for n in range(3)), show=show)
    video = probe(path)
    assert video.size == size
    image = video.images[-1]
    if show == "clean":
        assert read_number(image) == 2
    elif show == "before":
        assert read_number(image) == 2 + BEFORE
    else:
        # Below the labels: each half is the same gradient.
        assert abs(int(image[200, 100, 0]) - int(image[200, 420, 0])) < 8


def test_odd_sizes_are_recorded_with_the_last_row_and_column_repeated(tmp_path: Path) -> None:
    (path,) = record(tmp_path, *(cleaned(n, size=(321, 241)) for n in range(3)))
    assert probe(path).size == (322, 242)


def test_segments_are_cut_by_the_wall_clock_and_named_by_it(tmp_path: Path) -> None:
    clock = ManualClock()
    sink = recorder(tmp_path, clock, segment=1.0)
    for n in range(60):
        # A source whose time stamps hardly advance.
        sink.write(cleaned(n, pts=n, time_base=TICKS))
        clock.advance(1 / 25)
    sink.close()
    assert [path.stem for path in files(tmp_path)] == [f"2026-01-15_12-00-0{n}" for n in range(3)]
    assert numbers(tmp_path) == [list(range(25)), list(range(25, 50)), list(range(50, 60))]


def test_files_that_are_cleaned_faster_than_they_play_are_cut_by_their_own_time(tmp_path: Path) -> None:
    record(tmp_path, *(cleaned(n) for n in range(60)), segment=1.0)
    assert [path.stem[-4:] for path in files(tmp_path)] == ["0-00", "00-2", "00-3"]
    assert numbers(tmp_path) == [list(range(25)), list(range(25, 50)), list(range(50, 60))]
    assert [probe(path).times[0] for path in files(tmp_path)] == [0, 0, 0]


def test_zero_makes_one_file(tmp_path: Path) -> None:
    assert len(record(tmp_path, *(cleaned(n, pts=n * 100) for n in range(30)), segment=0)) == 1


@pytest.mark.parametrize(
    "after",
    [
        cleaned(3, discontinuity=True),
        cleaned(3, size=(160, 120)),
        cleaned(3, time_base=Fraction(1, 24)),
        cleaned(3, pts=-100),
        cleaned(3, pts=25 * 3600),
    ],
    ids=["reconnect", "size", "time base", "jump back", "jump ahead"],
)
def test_frames_that_cannot_share_a_file_start_another(tmp_path: Path, after: CleanedFrame) -> None:
    record(tmp_path, *(cleaned(n) for n in range(3)), after, segment=0)
    assert numbers(tmp_path) == [[0, 1, 2], [3]]


def test_recordings_are_never_overwritten_also_not_by_a_second_run(tmp_path: Path) -> None:
    for _ in range(3):
        record(tmp_path, cleaned(0))
    assert [path.name for path in files(tmp_path)] == [
        "2026-01-15_12-00-00.mp4", "2026-01-15_12-00-00-2.mp4", "2026-01-15_12-00-00-3.mp4",
    ]  # fmt: skip


def test_it_can_be_closed_twice_and_opened_again(tmp_path: Path) -> None:
    sink = recorder(tmp_path)
    sink.write(cleaned(0))
    sink.close()
    sink.close()
    sink.open()
    sink.write(cleaned(1))
    sink.close()
    assert numbers(tmp_path) == [[0], [1]]


def test_a_camera_that_sent_nothing_leaves_no_file(tmp_path: Path) -> None:
    recorder(tmp_path).close()
    assert files(tmp_path) == []


def test_old_segments_are_deleted_when_it_opens_and_when_a_segment_starts(tmp_path: Path) -> None:
    clock = ManualClock(monotonic=3600)

    def put(name: str, age: float = 3600) -> Path:
        path = tmp_path / name
        path.write_bytes(b"x" * 10)
        at = clock.now().timestamp() - age
        os.utime(path, (at, at))
        return path

    old, young = put("2026-01-15_10-00-00.mp4"), put("2026-01-15_11-00-00.mp4", 300)
    sink = recorder(tmp_path, clock, keep=600)
    assert not old.exists()
    assert young.exists()
    another = put("2026-01-15_10-30-00.mp4")
    sink.write(cleaned(0))
    sink.close()
    assert not another.exists()
    assert len(files(tmp_path)) == 2


def test_one_file_of_what_goes_on_for_days_is_one_a_day(tmp_path: Path) -> None:
    clock = ManualClock()
    sink = recorder(tmp_path, clock, segment=0)
    for n in range(5):
        sink.write(cleaned(n, pts=n))
        clock.advance(86400 / 3)
    sink.close()
    assert [probe(path).numbers for path in files(tmp_path)] == [[0, 1, 2], [3, 4]]
