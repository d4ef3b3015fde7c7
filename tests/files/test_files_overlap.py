"""Reading ahead and writing behind keep order, bounds and errors."""

from __future__ import annotations

import threading

import pytest

from streamdesnow.files.overlap import ReadAhead, WriteBehind


def test_everything_is_read_in_order_by_another_thread() -> None:
    items = iter(range(20))
    threads: set[str] = set()

    def read() -> int | None:
        threads.add(threading.current_thread().name)
        return next(items, None)

    with ReadAhead(read, depth=3) as ahead:
        assert list(ahead) == list(range(20))
    assert threading.current_thread().name not in threads


def test_no_more_is_read_than_asked_for() -> None:
    count = iter(range(100))
    with ReadAhead(lambda: next(count), depth=3) as ahead:
        assert next(iter(ahead)) == 0
    assert next(count) <= 5


def test_an_error_of_the_reader_comes_in_its_place() -> None:
    def numbers() -> object:
        yield 1
        raise OSError("broken")

    items = numbers()
    with ReadAhead(lambda: next(items, None)) as ahead:
        read = iter(ahead)
        assert next(read) == 1
        with pytest.raises(OSError, match="broken"):
            next(read)


def test_everything_is_written_in_order_before_the_context_ends() -> None:
    written: list[int] = []
    with WriteBehind(written.append, depth=2) as write:
        for number in range(20):
            write(number)
    assert written == list(range(20))


def test_an_error_of_the_writer_reaches_the_caller() -> None:
    def refuse(number: int) -> None:
        raise OSError(f"cannot write {number}")

    with pytest.raises(OSError, match="cannot write 0"), WriteBehind(refuse) as write:
        write(0)


def test_after_an_error_of_the_writer_nothing_more_is_written() -> None:
    tried: list[int] = []

    def refuse(number: int) -> None:
        tried.append(number)
        raise OSError("full")

    def write_all() -> None:
        with WriteBehind(refuse, depth=8) as write:
            for number in range(5):
                write(number)

    with pytest.raises(OSError, match="full"):
        write_all()
    assert tried == [0]


def test_after_an_error_of_the_caller_the_rest_is_dropped() -> None:
    gate = threading.Event()
    written: list[int] = []

    def slow(number: int) -> None:
        gate.wait(10)
        written.append(number)

    def fail() -> None:
        with WriteBehind(slow, depth=4) as write:
            for number in range(3):
                write(number)
            threading.Timer(0.01, gate.set).start()
            raise RuntimeError("enough")

    with pytest.raises(RuntimeError, match="enough"):
        fail()
    assert written in ([], [0])
