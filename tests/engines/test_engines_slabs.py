"""Cameras' memories move only when other cameras come together."""

from __future__ import annotations

import gc

import pytest

from streamdesnow.engines.slabs import Assignment, CameraMemory, SlabPool, groups_of

_SIZE = (64, 48)


@pytest.fixture
def dropped() -> list[str]:
    return []


@pytest.fixture
def pool(dropped: list[str]) -> SlabPool[str]:
    """A pool whose buffers are words."""
    return SlabPool(lambda batch, size: f"{batch} of {size[0]}x{size[1]}", dropped.append)


def _cameras(count: int) -> list[CameraMemory]:
    return [CameraMemory(_SIZE) for _ in range(count)]


def _one(pool: SlabPool[str], cameras: list[CameraMemory]) -> Assignment[str]:
    (assignment,) = pool.assign([cameras], _SIZE)
    return assignment


def test_new_cameras_begin_with_zeros(pool: SlabPool[str]) -> None:
    assignment = _one(pool, _cameras(3))
    assert assignment.slab.buffers == "3 of 64x48"
    assert [(move.row, move.source) for move in assignment.moves] == [(0, None), (1, None), (2, None)]


def test_the_same_cameras_find_their_memory_where_it_is(pool: SlabPool[str]) -> None:
    cameras = _cameras(3)
    first = _one(pool, cameras)
    again = _one(pool, cameras)
    assert again.slab is first.slab
    assert again.moves == ()


def test_other_company_takes_rows_elsewhere_and_leaves_the_rest(pool: SlabPool[str]) -> None:
    a, b, c = _cameras(3)
    first = _one(pool, [a, b, c])
    second = _one(pool, [a, c])
    assert second.slab is not first.slab
    assert [(move.row, move.source, move.source_row) for move in second.moves] == [
        (0, first.slab, 0),
        (1, first.slab, 2),
    ]
    alone = _one(pool, [b])
    assert [(move.source, move.source_row) for move in alone.moves] == [(first.slab, 1)]


def test_a_slab_that_everybody_left_is_used_again(pool: SlabPool[str]) -> None:
    a, b = _cameras(2)
    first = _one(pool, [a, b]).slab
    _one(pool, [a])
    _one(pool, [b])
    assert _one(pool, [a, b]).slab is first
    for _ in range(5):
        _one(pool, [a])
        _one(pool, [b])
        _one(pool, [a, b])
    assert len(pool) == 3


def test_a_slab_that_gets_empty_is_not_overwritten_by_the_same_call(pool: SlabPool[str]) -> None:
    a, b, c, d = _cameras(4)
    first = _one(pool, [a, b]).slab
    second = _one(pool, [c, d]).slab
    mixed = pool.assign([[a, c], [b, d]], _SIZE)
    assert not {assignment.slab.buffers is None for assignment in mixed} - {False}
    assert all(assignment.slab not in (first, second) for assignment in mixed)


def test_the_slab_of_a_camera_that_is_gone_is_free(pool: SlabPool[str]) -> None:
    first = _one(pool, _cameras(2)).slab
    gc.collect()
    assert first.free()
    assert _one(pool, _cameras(2)).slab is first


def test_free_slabs_beyond_two_are_dropped(pool: SlabPool[str], dropped: list[str]) -> None:
    for count in (1, 2, 3, 4, 5):
        _one(pool, _cameras(count))
        gc.collect()
    assert dropped == ["1 of 64x48", "2 of 64x48"]


def test_frames_of_another_size_get_a_slab_of_their_own(pool: SlabPool[str]) -> None:
    _one(pool, _cameras(1))
    gc.collect()
    (other,) = pool.assign([[CameraMemory((32, 32))]], (32, 32))
    assert other.slab.buffers == "1 of 32x32"


def test_a_camera_that_is_forgotten_begins_with_zeros(pool: SlabPool[str]) -> None:
    cameras = _cameras(2)
    slab = _one(pool, cameras).slab
    pool.forget(cameras)
    assert slab.free()
    assert all(move.source is None for move in _one(pool, cameras).moves)


def test_where_there_is_no_room_all_of_the_call_begin_anew(pool: SlabPool[str]) -> None:
    rooms = iter(["first", "second"])
    narrow: SlabPool[str] = SlabPool(lambda batch, size: next(rooms))
    a, b, c = _cameras(3)
    _one(narrow, [a, b])
    with pytest.raises(StopIteration):
        narrow.assign([[a, c], [b]], _SIZE)
    assert [camera.slab for camera in (a, b, c)] == [None, None, None]


def test_clearing_gives_everything_back_and_empties_memories(pool: SlabPool[str], dropped: list[str]) -> None:
    (camera,) = cameras = _cameras(1)
    _one(pool, cameras)
    pool.clear()
    assert dropped == ["1 of 64x48"]
    assert camera.slab is None


def test_groups_keep_neighbours_together_whatever_order_they_come_in(pool: SlabPool[str]) -> None:
    a, b, c, d = _cameras(4)
    _one(pool, [a, b])
    _one(pool, [c, d])
    shuffled = [d, a, c, b]
    groups = groups_of(shuffled, 2)
    assert {tuple(id(shuffled[number]) for number in group) for group in groups} == {
        (id(a), id(b)),
        (id(c), id(d)),
    }
    assert groups_of(_cameras(5), 2) == [[0, 1], [2, 3], [4]]
