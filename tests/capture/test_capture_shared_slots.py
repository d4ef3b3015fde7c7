"""Shared memory without a name."""

from __future__ import annotations

import gc
import os
from pathlib import Path

import numpy as np
import pytest

from streamdesnow.capture.shared_slots import SharedSlots


def memory_files() -> list[str]:
    """Descriptors and mappings of frame memory that this process holds."""
    links = [str(entry.readlink()) for entry in Path("/proc/self/fd").iterdir() if entry.is_symlink()]
    maps = Path("/proc/self/maps").read_text().splitlines()
    return [text for text in links + maps if "streamdesnow-frames" in text]


def test_what_one_end_writes_the_other_end_reads() -> None:
    writer = SharedSlots.create(2, 300)
    reader = SharedSlots.attach(os.dup(writer.fd), 2, 300)
    writer.view(1, 10, 10)[:] = 7
    assert np.all(reader.view(1, 10, 10) == 7)
    assert np.all(reader.view(0, 10, 10) == 0)


def test_the_reading_end_cannot_write() -> None:
    writer = SharedSlots.create(1, 300)
    reader = SharedSlots.attach(os.dup(writer.fd), 1, 300)
    with pytest.raises(ValueError, match="read-only"):
        reader.view(0, 10, 10)[0, 0] = 1


def test_neither_end_can_make_it_smaller() -> None:
    slots = SharedSlots.create(1, 300)
    with pytest.raises(PermissionError):
        os.ftruncate(slots.fd, 10)


@pytest.mark.parametrize(
    ("slot", "width", "height"), [(2, 1, 1), (-1, 1, 1), (0, 11, 10), (0, 0, 5), (0, -10, -10)]
)
def test_a_frame_that_is_not_there_is_an_error(slot: int, width: int, height: int) -> None:
    with pytest.raises(ValueError, match="no frame"):
        SharedSlots.create(2, 300).view(slot, width, height)


def test_memory_of_another_size_is_not_accepted() -> None:
    with pytest.raises(ValueError, match="sealed"):
        SharedSlots.attach(os.dup(SharedSlots.create(1, 300).fd), 1, 600)


def test_memory_that_could_shrink_is_not_accepted() -> None:
    fd = os.memfd_create("streamdesnow-frames")
    os.ftruncate(fd, 300)
    with pytest.raises(ValueError, match="sealed"):
        SharedSlots.attach(fd, 1, 300)


def test_nothing_is_left_when_both_ends_are_gone() -> None:
    before = memory_files()
    slots = SharedSlots.create(2, 300)
    other = SharedSlots.attach(os.dup(slots.fd), 2, 300)
    slots.close_fd()
    view = other.view(0, 10, 10)
    del slots, other
    assert len(memory_files()) > len(before), "a view keeps the memory"
    del view
    gc.collect()
    assert memory_files() == before
