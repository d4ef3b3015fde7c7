"""The capture process's loop, run by hand."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from streamdesnow.capture.feed import Feed
from streamdesnow.capture.kinds import SourceKind
from streamdesnow.capture.messages import Message, Note, Opened
from streamdesnow.capture.reader import DecodedFrame, SourceInfo
from streamdesnow.capture.spec import SourceSpec
from streamdesnow.clock import ManualClock
from streamdesnow.errors import SourceDamaged


class ListReader:
    """Reads frames with these presentation times, in milliseconds."""

    def __init__(self, stamps: list[int]) -> None:
        self._stamps = stamps
        self._left: list[int] = []
        self.skipped = 0
        self.opened = 0
        self.info = SourceInfo("a list")

    def open(self) -> None:
        self._left = list(self._stamps)
        self.opened += 1

    def read(self) -> DecodedFrame | None:
        image = np.zeros((1, 1, 3), np.uint8)
        return DecodedFrame(image, self._left.pop(0), Fraction(1, 1000)) if self._left else None

    def close(self) -> None:
        self._left = []


class ListOutbox:
    """Keeps what it is given, or refuses it."""

    def __init__(self) -> None:
        self.frames: list[tuple[int, float, int, bool]] = []
        self.full = False

    def put(self, frame: DecodedFrame, *, captured_at: float, position: int, discontinuity: bool) -> bool:
        if not self.full:
            self.frames.append((frame.pts, captured_at, position, discontinuity))
        return not self.full


class Bench:
    """A feed with everything around it in memory."""

    def __init__(self, stamps: list[int], *, skip: int = 0, **settings: object) -> None:
        self.clock = ManualClock(100.0)
        self.reader = ListReader(stamps)
        self.outbox = ListOutbox()
        self.sent: list[Message] = []
        self.heartbeats = 0
        settings = {"location": "/clip.mkv"} | settings
        spec = SourceSpec(camera="gate", kind=SourceKind.FILE, **settings)
        self.feed = Feed(spec, self.reader, self.outbox, self.sent.append, self._beat, self.clock, skip)
        self.feed.open()

    def run(self, most: int = 1000) -> None:
        while most and self.feed.run_once():
            most -= 1

    @property
    def stamps(self) -> list[int]:
        return [frame[0] for frame in self.outbox.frames]

    @property
    def discontinuities(self) -> list[int]:
        return [position for position, frame in enumerate(self.outbox.frames) if frame[3]]

    def _beat(self) -> None:
        self.heartbeats += 1


def test_the_source_is_described_before_its_first_frame() -> None:
    assert Bench([0]).sent == [Opened(SourceInfo("a list"))]


def test_every_frame_is_handed_over_with_its_position() -> None:
    bench = Bench([0, 40, 80])
    bench.run()
    assert [(frame[0], frame[2]) for frame in bench.outbox.frames] == [(0, 0), (40, 1), (80, 2)]


def test_only_the_first_frame_of_a_steady_source_follows_on_nothing() -> None:
    bench = Bench([0, 40, 80, 5000, 5040])
    bench.run()
    assert bench.discontinuities == [0]


@pytest.mark.parametrize("later", [20, 3_600_000])
def test_a_jump_in_time_is_flagged(later: int) -> None:
    bench = Bench([0, 40, 80, later, later + 40])
    bench.run()
    assert bench.discontinuities == [0, 3]


def test_a_time_lapse_does_not_jump() -> None:
    bench = Bench([0, 60_000, 120_000, 181_000])
    bench.run()
    assert bench.discontinuities == [0]


def test_a_loop_starts_again_and_says_so() -> None:
    bench = Bench([0, 40], loop=True)
    bench.run(most=7)
    assert bench.stamps == [0, 40, 0, 40, 0]
    assert bench.discontinuities == [0, 2, 4]
    assert [frame[2] for frame in bench.outbox.frames] == [0, 1, 0, 1, 0]


def test_a_loop_around_nothing_ends() -> None:
    bench = Bench([], loop=True)
    bench.run()
    assert bench.reader.opened == 1


def test_a_file_that_is_cut_off_gives_its_frames_and_does_not_end_as_if_it_were_whole(tmp_path: Path) -> None:
    path = tmp_path / "clip.mp4"
    path.write_bytes(b"\0\0\1\0mdat, and not even a hundred of the 256 bytes that it promises")
    bench = Bench([0, 40], location=str(path))
    with pytest.raises(SourceDamaged, match=r"clip\.mp4: the file is cut off after 2 frames"):
        bench.run()
    assert bench.stamps == [0, 40]


def test_a_file_that_is_cut_off_can_be_looped(tmp_path: Path) -> None:
    path = tmp_path / "clip.mp4"
    path.write_bytes(b"\0\0\1\0mdat, and not even a hundred of the 256 bytes that it promises")
    bench = Bench([0, 40], location=str(path), loop=True)
    bench.run(most=5)
    assert bench.stamps == [0, 40, 0, 40]


def test_frames_known_from_before_a_crash_are_not_handed_over_again() -> None:
    bench = Bench([0, 40, 80, 120], skip=2)
    bench.run()
    assert bench.stamps == [80, 120]
    assert bench.discontinuities == [], "nothing is missing between 40 and 80"
    assert bench.heartbeats == 2


def test_after_a_loop_nothing_is_known() -> None:
    bench = Bench([0, 40, 80], skip=2, loop=True)
    bench.run(most=7)
    assert bench.stamps == [80, 0, 40, 80]


def test_a_gap_is_flagged_on_the_next_frame_that_gets_through() -> None:
    bench = Bench([0, 40, 80])
    bench.outbox.full = True
    bench.feed.run_once()
    bench.outbox.full = False
    bench.run()
    assert bench.discontinuities == [0]


def test_a_film_plays_at_its_own_speed() -> None:
    bench = Bench([1000, 1040, 3000], paced=True)
    bench.run()
    assert [frame[1] for frame in bench.outbox.frames] == pytest.approx([100.0, 100.04, 102.0])
    assert bench.heartbeats > 0


def test_a_film_that_is_late_goes_on_from_there() -> None:
    bench = Bench([0, 40, 80, 120], paced=True)
    bench.feed.run_once()
    bench.clock.advance(10)
    bench.run()
    assert [frame[1] for frame in bench.outbox.frames] == pytest.approx([100.0, 110.0, 110.04, 110.08])


def test_pacing_starts_anew_after_a_jump_back() -> None:
    bench = Bench([5000, 5040, 0, 40], paced=True)
    bench.run()
    assert [frame[1] for frame in bench.outbox.frames] == pytest.approx([100.0, 100.04, 100.04, 100.08])


def test_packets_that_were_left_out_are_told_now_and_then() -> None:
    bench = Bench([0, 40, 80])
    for skipped in (2, 3, 4):
        bench.reader.skipped = skipped
        bench.feed.run_once()
    notes = [message for message in bench.sent if isinstance(message, Note)]
    assert notes == [Note("2 packets could not be decoded and were left out")]


def test_a_failing_reader_fails_the_feed() -> None:
    bench = Bench([0])

    def fail() -> None:
        raise SourceDamaged("broken")

    bench.reader.read = fail  # type: ignore[method-assign,assignment]
    with pytest.raises(SourceDamaged):
        bench.feed.run_once()
