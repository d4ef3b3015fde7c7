"""Frames go through shared memory, drawn there where the reader can."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

import numpy as np
import pytest

from streamdesnow.capture.channel import Channel
from streamdesnow.capture.messages import Arrived, NewSlots
from streamdesnow.capture.outbox import Outbox
from streamdesnow.capture.reader import DecodedFrame
from streamdesnow.capture.shared_slots import SharedSlots
from streamdesnow.frame import Image


class _Pipeline:
    """The other end of an outbox."""

    def __init__(self, channel: Channel) -> None:
        self._channel = channel
        self._slots: SharedSlots | None = None

    def receive(self) -> tuple[Arrived, Image]:
        """The next frame, where it lies."""
        message, fd = self._channel.receive()
        while isinstance(message, NewSlots):
            assert fd is not None
            self._slots = SharedSlots.attach(fd, message.count, message.slot_bytes)
            message, fd = self._channel.receive()
        assert isinstance(message, Arrived)
        assert self._slots is not None
        return message, self._slots.view(message.slot, message.width, message.height)


@pytest.fixture
def ends() -> Iterator[tuple[Channel, Channel]]:
    ours, theirs = Channel.pair()
    other = Channel(theirs)
    yield ours, other
    ours.close()
    other.close()


def _picture(value: int, size: tuple[int, int] = (8, 4)) -> Image:
    return np.full((size[1], size[0], 3), value, np.uint8)


def _put(outbox: Outbox, image: Image) -> bool:
    frame = DecodedFrame(image, 0, Fraction(1, 25))
    return outbox.put(frame, captured_at=0.0, position=0, discontinuity=False)


def _draw(outbox: Outbox, value: int, size: tuple[int, int] = (8, 4)) -> Image:
    canvas = outbox.canvas(*size)
    assert canvas is not None
    canvas[:] = value
    return canvas


def test_what_is_drawn_on_the_canvas_arrives(ends: tuple[Channel, Channel]) -> None:
    outbox, pipeline = Outbox(ends[0], live=True), _Pipeline(ends[1])
    for value in (1, 2, 3):
        assert _put(outbox, _draw(outbox, value))
    for value in (1, 2, 3):
        assert np.array_equal(pipeline.receive()[1], _picture(value))


def test_a_picture_of_its_own_is_copied(ends: tuple[Channel, Channel]) -> None:
    outbox, pipeline = Outbox(ends[0], live=True), _Pipeline(ends[1])
    _draw(outbox, 1)
    assert _put(outbox, _picture(2))
    assert _put(outbox, _draw(outbox, 3))
    assert np.array_equal(pipeline.receive()[1], _picture(2))
    assert np.array_equal(pipeline.receive()[1], _picture(3))


def test_a_canvas_whose_picture_became_no_frame_is_offered_again(ends: tuple[Channel, Channel]) -> None:
    outbox, pipeline = Outbox(ends[0], live=True), _Pipeline(ends[1])
    for value in range(20):
        _draw(outbox, value)
    assert _put(outbox, _draw(outbox, 20))
    assert np.array_equal(pipeline.receive()[1], _picture(20))


def test_there_is_no_canvas_while_every_slot_is_taken(ends: tuple[Channel, Channel]) -> None:
    outbox, pipeline = Outbox(ends[0], live=True), _Pipeline(ends[1])
    put = 0
    while (canvas := outbox.canvas(8, 4)) is not None:
        put += _put(outbox, canvas)
    assert not _put(outbox, _picture(9))
    arrived, _ = pipeline.receive()
    outbox.release(arrived.memory, arrived.slot)
    assert _put(outbox, _draw(outbox, 10))
    for _ in range(put - 1):
        pipeline.receive()
    arrived, image = pipeline.receive()
    assert np.array_equal(image, _picture(10))
    assert arrived.missed == 1


def test_a_canvas_of_another_size_is_new_memory(ends: tuple[Channel, Channel]) -> None:
    outbox, pipeline = Outbox(ends[0], live=True), _Pipeline(ends[1])
    stale = _draw(outbox, 1)
    assert _put(outbox, _draw(outbox, 2, (16, 4)))
    assert _put(outbox, stale)
    assert np.array_equal(pipeline.receive()[1], _picture(2, (16, 4)))
    assert np.array_equal(pipeline.receive()[1], _picture(1))
