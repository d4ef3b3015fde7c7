"""Snow drawn over films without it: of a typical day, or as much as brings the input to a given PSNR."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import islice

import numpy as np

from streamdesnow.errors import ConfigError
from streamdesnow.lab.data.clear_films import ClearFilm
from streamdesnow.lab.data.pairs import Pair
from streamdesnow.lab.metrics import psnr_of, squared_error
from streamdesnow.snowfall.snow import Snow, make_snow, snow_in
from streamdesnow.snowfall.weather import Weather

__all__ = ["DrawnSnow"]

_MEASURED = 48
"""First frames of a film that its input is measured on."""
_NEAR = 0.05
"""Decibels that the input may be off,"""
_TOLERATED = 0.5
"""and where flakes are so few or so faint that it goes by steps."""
_TRIES = 24
_FAINTEST, _DENSEST = 0.005, 0.9
_CLEAN = 99.0  # decibels, for none at all


class DrawnSnow:
    """A film with snow drawn over it.

    A level of snow costs a dark scene more decibels than a pale one. With `psnr` all lose the same: flakes
    get fainter or more opaque until the input has that PSNR, and where opaque ones do not suffice, more of
    them fall, so that over something pale light snow may come to be a blizzard: `weather` says.

    Args:
        film: without snow.
        style, level: as for `make_snow`.
        seed: of the snow.
        psnr: dB of the input over B, G, R, measured on the first 48 frames; None: a typical day of the level.

    Attributes:
        weather: how it snows.

    Raises:
        ConfigError: there is no such style or level, or no snow of them comes to that PSNR.
        CaptureError: the film cannot be read.
    """

    video = True

    def __init__(self, film: ClearFilm, style: str, level: str, seed: int, psnr: float | None = None) -> None:
        self.name = " ".join((film.name, level, *(() if psnr is None else (f"{psnr:g} dB",)), style))
        self._film, self._style, self._seed = film, style, seed
        try:
            make_snow(style, level, 64, 64, 25.0, seed)
        except ValueError as error:
            raise ConfigError(str(error)) from error
        self.weather = Weather.of_level(level)
        if psnr is not None:
            if not self.weather.coverage:
                raise ConfigError(f"snow {level} cannot be brought to {psnr:g} dB: nothing falls")
            self.weather = self._brought_to(psnr)

    def __iter__(self) -> Iterator[Pair]:
        yield from self._under(self.weather)

    def _under(self, weather: Weather) -> Iterator[Pair]:
        snow: Snow | None = None
        for truth, moving in self._film:
            if snow is None:
                height, width = truth.shape[:2]
                snow = snow_in(weather, self._style, width, height, self._film.fps, self._seed)
            yield Pair(snow.next().over(truth), truth, moving)

    def _brought_to(self, psnr: float) -> Weather:
        day = self.weather
        opaque = replace(day, opacity=1.0)
        at_most = self._input(opaque)
        if at_most <= psnr:
            found, reached = self._between(
                psnr, (_FAINTEST, _CLEAN), (1.0, at_most), lambda opacity: replace(day, opacity=opacity)
            )
        else:
            densest = self._input(replace(opaque, coverage=_DENSEST))
            found, reached = self._between(
                psnr,
                (day.coverage, at_most),
                (_DENSEST, densest),
                lambda coverage: replace(opaque, coverage=coverage),
            )
        if abs(reached - psnr) > _TOLERATED:
            raise ConfigError(
                f"{self.name}: comes to {reached:.1f} dB at the nearest; ask for another PSNR or level"
            )
        return found

    def _between(
        self,
        psnr: float,
        few: tuple[float, float],
        many: tuple[float, float],
        weather: Callable[[float], Weather],
    ) -> tuple[Weather, float]:
        """The weather, and the PSNR it comes to, that is nearest.

        PSNR falls nearly evenly with the logarithm of what is searched, so the next try is where a line
        between the nearest two known ones comes to it; every second one halves what lies between them, as
        faint flakes change nothing at all for a while.

        Args:
            psnr: wanted, dB.
            few, many: what makes too little snow and its PSNR; what makes too much, or just enough.
            weather: of what is searched.
        """
        tried = [many]
        for number in range(_TRIES):
            if abs(tried[-1][1] - psnr) < _NEAR or many[1] >= psnr or few[1] <= psnr:
                break
            share = 0.5 if number % 2 else (few[1] - psnr) / (few[1] - many[1])
            value = math.exp((1 - share) * math.log(few[0]) + share * math.log(many[0]))
            tried.append((value, self._input(weather(value))))
            few, many = (tried[-1], many) if tried[-1][1] > psnr else (few, tried[-1])
        value, reached = min(tried, key=lambda each: abs(each[1] - psnr))
        return weather(value), reached

    def _input(self, weather: Weather) -> float:
        """PSNR of the snowy film, dB."""
        pairs = islice(self._under(weather), _MEASURED)
        error = float(np.mean([squared_error(pair.snowy, pair.truth).mean() for pair in pairs]))
        return min(psnr_of(error), _CLEAN)
