"""Messages arrive as they were sent, or not at all."""

from __future__ import annotations

import os
import socket
from fractions import Fraction

import pytest

from streamdesnow.capture.channel import Channel, Disconnected
from streamdesnow.capture.kinds import SourceKind
from streamdesnow.capture.messages import (
    Alive,
    Arrived,
    Ended,
    Failed,
    Message,
    NewSlots,
    Note,
    Open,
    Opened,
    decode,
    encode,
)
from streamdesnow.capture.reader import SourceInfo
from streamdesnow.capture.spec import SourceSpec
from streamdesnow.errors import CaptureError, SourceRefused

SPEC = SourceSpec(camera="gate", kind=SourceKind.STREAM, location="rtsp://host/x", password="p@ss", fps=2.5)


@pytest.mark.parametrize(
    "message",
    [
        Open(SPEC, skip=3),
        Opened(SourceInfo("RTSP", fps=Fraction(30000, 1001), time_base=Fraction(1, 90000))),
        Arrived(
            1,
            2,
            320,
            240,
            -5,
            Fraction(1, 90000),
            12.5,
            7,
            discontinuity=True,
            missed=2,
            sar=Fraction(16, 11),
        ),
        NewSlots(1, 4, 100),
        Note("two packets left out"),
        Failed("SourceRefused", "401"),
        Alive(),
        Ended(),
    ],
)
def test_every_message_survives_the_way(message: Message) -> None:
    assert decode(encode(message)) == message


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xff\xfe",
        b"7",
        b"{}",
        b'{"message": "os.system"}',
        b'{"message": "Arrived"}',
        b'{"fraction": [1, 0]}',
        b'{"message": "SourceInfo", "description": "not a message by itself"}',
    ],
)
def test_anything_else_is_no_message(data: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - json's own messages differ between versions
        decode(data)


def test_errors_keep_their_kind_and_lose_their_passwords() -> None:
    failed = Failed.of(SourceRefused("rtsp://me:p@ss@host/x says 401"), ("p@ss",))
    assert isinstance(failed.error, SourceRefused)
    assert "p@ss" not in failed.text


@pytest.mark.parametrize("kind", ["StreamDesnowError", "Nonsense", "Literal"])
def test_an_unknown_kind_of_error_is_a_capture_error(kind: str) -> None:
    assert type(Failed(kind, "text").error) is CaptureError


def test_a_file_descriptor_travels_with_a_message() -> None:
    ours, theirs = Channel.pair()
    read_end, write_end = os.pipe()
    ours.send(NewSlots(1, 1, 1), write_end)
    message, fd = Channel(theirs).receive()
    assert message == NewSlots(1, 1, 1)
    assert fd is not None
    os.write(fd, b"hello")
    assert os.read(read_end, 5) == b"hello"
    for number in (read_end, write_end, fd):
        os.close(number)


def test_messages_do_not_run_together() -> None:
    ours, theirs = Channel.pair()
    ours.send(Note("one"))
    ours.send(Note("two"))
    other = Channel(theirs)
    assert [other.receive(), other.receive()] == [(Note("one"), None), (Note("two"), None)]
    with pytest.raises(BlockingIOError):
        other.receive(wait=False)


def test_the_last_words_are_heard_before_the_end() -> None:
    ours, theirs = Channel.pair()
    other = Channel(theirs)
    other.send(Ended())
    other.close()
    assert ours.receive() == (Ended(), None)
    with pytest.raises(Disconnected):
        ours.receive()
    with pytest.raises(Disconnected):
        ours.send(Alive())


def test_nonsense_on_the_line_is_an_error() -> None:
    ours, theirs = Channel.pair()
    with theirs:
        theirs.send(b"nonsense", socket.MSG_NOSIGNAL)
        with pytest.raises(ValueError):  # noqa: PT011 - as above
            ours.receive()
