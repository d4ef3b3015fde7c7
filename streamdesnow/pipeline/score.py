"""How much closer to the truth a simulated camera's frames have come, measured while they pass."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from streamdesnow.clock import Clock
from streamdesnow.config.camera import SimulatedConfig
from streamdesnow.frame import CleanedFrame, Image
from streamdesnow.pipeline.sink_runner import SinkRunner
from streamdesnow.snowfall.film import SimulatedFilm
from streamdesnow.status.snapshot import Score

__all__ = ["ScoreTap", "Truth", "truth_of"]

Truth = Callable[[int], Image]
"""The frame of that index without snow: uint8 (H, W, 3) BGR."""

_EVERY = 10
_QUEUE = 8


class ScoreTap:
    """Compares every tenth frame of one simulated camera with its truth, in a thread of its own.

    PSNR is that of the mean squared error over all compared frames, on BGR, peak 255.

    Args:
        camera: name for logs.
        truth: draws the frame without snow.
        clock: of the pipeline.
        every: compare one frame in this many.
    """

    def __init__(self, camera: str, truth: Truth, clock: Clock, every: int = _EVERY) -> None:
        self._comparison = _Comparison(f"score[{camera}]", truth, every)
        self.runner = SinkRunner(self._comparison, _QUEUE, clock)

    @property
    def score(self) -> Score | None:
        """What was measured so far; None before the first frame."""
        return self._comparison.score


def truth_of(config: SimulatedConfig) -> Truth:
    """The truth of a simulated camera; the street is built when the first frame is asked for."""
    films: list[SimulatedFilm] = []

    def truth(index: int) -> Image:
        if not films:
            films.append(SimulatedFilm(config))
        (film,) = films
        # A camera that loops counts on where its film begins again.
        return film.truth(index if film.frames is None else index % film.frames)

    return truth


class _Comparison:
    """A sink, so that drawing the truth holds nobody back but a file, which loses nothing by it."""

    keeps_all = True

    def __init__(self, name: str, truth: Truth, every: int) -> None:
        self.name = name
        self.score: Score | None = None
        self._truth = truth
        self._every = every
        self._seen = 0
        self._frames = 0
        self._before = self._after = 0.0

    def open(self) -> None:
        """Nothing to open."""

    def write(self, cleaned: CleanedFrame) -> None:
        """Compare, if it is this frame's turn."""
        turn, self._seen = self._seen % self._every == 0, self._seen + 1
        if not turn:
            return
        truth = self._truth(cleaned.before.index)
        self._before += _squared_error(cleaned.before.image, truth)
        self._after += _squared_error(cleaned.image, truth)
        self._frames += 1
        self.score = Score(
            _psnr(self._before / self._frames), _psnr(self._after / self._frames), self._frames
        )

    def close(self) -> None:
        """Nothing to close."""


def _squared_error(image: Image, truth: Image) -> float:
    difference = image.astype(np.float32) - truth
    return float(np.mean(np.square(difference), dtype=np.float64))


def _psnr(error: float) -> float:
    return math.inf if error == 0 else 10 * math.log10(255**2 / error)
