"""The feed of training data: passes everything on, and counts the waiting."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator

import pytest

from streamdesnow.lab.training.feed import Feed, drawing_processes


def _slow(count: int) -> Iterator[int]:
    for number in range(count):
        time.sleep(0.02)
        yield number


def test_everything_comes_through_and_waiting_is_counted() -> None:
    feed = Feed(_slow(5))
    assert list(feed) == [0, 1, 2, 3, 4]
    assert feed.waited_s >= 0.1


def test_time_spent_elsewhere_is_not_waiting() -> None:
    feed = Feed(iter([1, 2]))
    next(feed)
    began = time.monotonic()
    time.sleep(0.2)
    next(feed)
    assert feed.waited_s < time.monotonic() - began - 0.1


@pytest.mark.parametrize("device", ["cpu", "cuda"])
def test_a_recipe_decides_how_many_processes_draw(device: str) -> None:
    assert drawing_processes(0, device) == 0
    assert drawing_processes(5, device) == 5


def test_a_gpu_is_fed_by_the_cores_and_a_cpu_keeps_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    for cores, expected in ((1, 1), (8, 7), (64, 16)):
        monkeypatch.setattr(os, "sched_getaffinity", lambda pid, cores=cores: set(range(cores)))
        assert drawing_processes(None, "cpu") == 1
        assert drawing_processes(None, "cuda") == expected
