"""A live stream that is decoded more slowly than it comes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise

from streamdesnow.capture.catch_up import CatchUp

_FPS = 20
_GOP = 20


@dataclass(frozen=True)
class _Packet:
    number: int
    is_keyframe: bool


class _Stream:
    """A minute of packets; whoever reads too early waits, by moving the clock."""

    def __init__(self, arrival: Callable[[float], float] = lambda drawn: drawn, gop: int = _GOP) -> None:
        self.clock = 100.0
        self._arrival = arrival
        self._gop = gop

    def now(self) -> float:
        return self.clock

    def packets(self) -> Iterator[_Packet]:
        for number in range(60 * _FPS):
            self.clock = max(self.clock, 100 + self._arrival(number / _FPS))
            yield _Packet(number, number % self._gop == 0)

    def decoded(self, cost: Callable[[float], float]) -> tuple[list[float], list[float], int]:
        """When each frame was drawn, how old it was when it was decoded, and how many were passed over.

        Args:
            cost: seconds that a packet takes to decode, by how many seconds have passed.
        """
        drawn: list[float] = []
        ages: list[float] = []
        catch_up = CatchUp(self.now)
        for packet in catch_up.pick(self.packets(), lambda packet: packet.number / _FPS):
            self.clock += cost(self.clock - 100)
            drawn.append(packet.number / _FPS)
            ages.append(self.clock - 100 - drawn[-1])
        return drawn, ages, catch_up.take_missed()


def test_frames_do_not_grow_old_where_decoding_takes_longer_than_they_come() -> None:
    drawn, ages, missed = _Stream().decoded(cost=lambda _: 2 / _FPS)
    assert max(ages) < 6
    assert max(ages[len(ages) // 2 :]) <= max(ages[: len(ages) // 2]) + 0.5
    assert len(drawn) + missed == 60 * _FPS


def test_nothing_is_passed_over_where_decoding_keeps_up() -> None:
    drawn, _, missed = _Stream().decoded(cost=lambda _: 0.7 / _FPS)
    assert (len(drawn), missed) == (60 * _FPS, 0)


def test_a_network_that_stalls_and_delivers_all_at_once_costs_no_frame() -> None:
    stream = _Stream(arrival=lambda drawn: 13.0 if 10 < drawn < 13 else drawn)
    _, ages, missed = stream.decoded(cost=lambda _: 0.3 / _FPS)
    assert missed == 0
    assert ages[-1] < 0.1


def test_a_camera_whose_time_stamps_run_too_slowly_loses_no_frame() -> None:
    _, _, missed = _Stream(arrival=lambda drawn: 1.2 * drawn).decoded(cost=lambda _: 0.5 / _FPS)
    assert missed == 0


def test_all_frames_come_again_after_a_time_of_too_little_processor() -> None:
    def cost(passed: float) -> float:
        return (5 if 10 < passed < 20 else 0.3) / _FPS

    drawn, ages, missed = _Stream().decoded(cost)
    assert missed > 0
    assert ages[-1] < 0.1
    assert [number for number in drawn if number >= 30] == [number / _FPS for number in range(600, 1200)]


def test_between_keyframes_nothing_is_decoded_whose_forerunner_is_missing() -> None:
    drawn, _, _ = _Stream().decoded(cost=lambda _: 2 / _FPS)
    numbers = [round(each * _FPS) for each in drawn]
    assert all(number % _GOP == 0 or number - 1 == before for before, number in pairwise(numbers))


def test_a_stream_without_keyframes_is_not_passed_over_for_ever() -> None:
    drawn, _, missed = _Stream(gop=10_000).decoded(cost=lambda passed: (3 if passed < 10 else 0.3) / _FPS)
    assert missed > 0
    assert drawn[-1] == (60 * _FPS - 1) / _FPS
