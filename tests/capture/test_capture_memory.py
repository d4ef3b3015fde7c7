"""The in-memory source behaves as the real one."""

from __future__ import annotations

import threading
from fractions import Fraction

import numpy as np

from streamdesnow.capture.memory import MemorySource
from streamdesnow.capture.source import CaptureState, Source
from streamdesnow.errors import SourceDamaged
from streamdesnow.frame import Frame


def frames(count: int) -> list[Frame]:
    image = np.zeros((2, 2, 3), np.uint8)
    return [Frame(image, n, Fraction(1, 25), 0.0, camera="yard", index=n) for n in range(count)]


def test_it_delivers_what_it_was_given_and_ends() -> None:
    source: Source = MemorySource(frames(3))
    source.open()
    assert source.camera == "yard"
    assert [frame.index for frame in iter(lambda: source.read(0), None)] == [0, 1, 2]
    assert source.status.state is CaptureState.ENDED
    assert source.status.frames == 3


def test_live_it_keeps_the_newest_and_counts_the_rest() -> None:
    source = MemorySource(frames(3), live=True)
    source.open()
    newest = source.read(0)
    assert newest is not None
    assert newest.index == 2
    assert source.status.dropped == 2


def test_frames_may_be_added_until_it_fails() -> None:
    source = MemorySource(camera="yard")
    source.open()
    assert source.read(0) is None
    assert source.status.state is CaptureState.RUNNING
    for frame in frames(1):
        source.add(frame)
    source.end(SourceDamaged("broken"))
    assert source.read(0) is not None
    assert source.read(0) is None
    assert source.status.state is CaptureState.FAILED
    assert source.status.message == "broken"


def test_close_lets_a_waiting_reader_go() -> None:
    source = MemorySource(camera="yard")
    source.open()
    results: list[Frame | None] = []
    reader = threading.Thread(target=lambda: results.append(source.read(30)))
    reader.start()
    source.close()
    source.close()
    reader.join(30)
    assert results == [None]
    assert source.status.state is CaptureState.STOPPED
