from __future__ import annotations

import threading

from twins import cleaned

from streamdesnow.pipeline.frame_queue import FrameQueue


def test_frames_come_out_in_the_order_they_went_in() -> None:
    queue = FrameQueue(3)
    for index in range(3):
        queue.put(cleaned(index))
    assert [queue.take(0).before.index for _ in range(3)] == [0, 1, 2]
    assert queue.take(0) is None


def test_a_full_queue_loses_its_oldest_frame_and_says_so() -> None:
    queue = FrameQueue(2)
    assert [queue.put(cleaned(index)) for index in range(3)] == [0, 0, 1]
    assert queue.full
    assert queue.take(0).before.index == 1


def test_large_frames_are_fewer_and_one_is_always_held() -> None:
    size = 2 * cleaned(0).image.nbytes  # before and after
    queue = FrameQueue(9, room=3 * size)
    assert [queue.put(cleaned(index)) for index in range(5)] == [0, 0, 0, 1, 1]
    assert queue.full
    assert queue.take(0).before.index == 2
    assert not queue.full
    queue.clear()
    assert [queue.put(cleaned(index)) for index in range(3)] == [0, 0, 0]
    assert [FrameQueue(9, room=size - 1).put(cleaned(0)), len(queue)] == [0, 3]


def test_a_closed_queue_gives_what_waits_and_takes_nothing_more() -> None:
    queue = FrameQueue(2)
    queue.put(cleaned(7))
    queue.close()
    assert queue.put(cleaned(8)) == 1
    assert queue.take(10).before.index == 7
    assert queue.take(10) is None


def test_closing_wakes_whoever_waits_for_a_frame() -> None:
    queue = FrameQueue(1)
    taken = []
    waiter = threading.Thread(target=lambda: taken.append(queue.take(60)))
    waiter.start()
    queue.close()
    waiter.join(10)
    assert taken == [None]
