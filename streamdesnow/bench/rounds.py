"""The measuring loop: several things in turn, round after round, so that whatever disturbs hits all alike."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from functools import partial

from streamdesnow.bench.energy import EnergyMeter, no_meter
from streamdesnow.bench.timing import Timing

__all__ = ["Rounds"]

Tell = Callable[[str, float], None]


class Rounds:
    """Calls that are timed in turn.

    Args:
        calls: by label; each has been called before, so that nothing is compiled while it is timed.
        clock: seconds.
        meter: what energy is read from.

    Attributes:
        timings: by label, what was measured so far; also after `run` was interrupted.
    """

    def __init__(
        self,
        calls: Mapping[str, Callable[[], object]],
        clock: Callable[[], float] = time.perf_counter,
        meter: EnergyMeter = no_meter,
    ) -> None:
        self.timings = {label: Timing() for label in calls}
        self._calls = dict(calls)
        self._clock = clock
        self._meter = meter

    def run(
        self, rounds: int, seconds: float, tell: Tell = lambda label, share: None, least: int = 1
    ) -> None:
        """Time every call in turn for `seconds` a round, at least `least` times.

        Args:
            tell: called between calls with what is being timed and the share 0..1 that is done of all; what
                it raises ends the run.
        """
        turns = rounds * len(self._calls)
        for number in range(turns):
            # Every second round runs backwards: who comes after whom is no advantage.
            names = list(self._calls)
            turn, place = divmod(number, len(names))
            label = names[place if turn % 2 == 0 else -1 - place]
            tell(label, number / turns)
            self._turn(label, seconds, least, partial(tell, label, number / turns))
        tell("", 1.0)

    def _turn(self, label: str, seconds: float, least: int, between: Callable[[], object]) -> None:
        call, timing = self._calls[label], self.timings[label]
        end, done = self._clock() + seconds, 0
        while self._clock() < end or done < least:
            joules, began = self._meter(), self._clock()
            call()
            timing.add(self._clock() - began, _used(joules, self._meter()))
            done += 1
            between()


def _used(before: float | None, after: float | None) -> float | None:
    return None if before is None or after is None or after < before else after - before
