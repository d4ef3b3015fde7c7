"""Snow drawn over films without it: of a typical day, or as much as brings the input to a given PSNR."""

from __future__ import annotations

from collections.abc import Iterator
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
"""Decibels that the input may be off."""
_TRIES = 12
_MOST = 0.9


class DrawnSnow:
    """A film with snow drawn over it.

    A level of snow costs a dark scene more decibels than a pale one. With `psnr` all lose the same: flakes
    get fainter or more opaque until the input has that PSNR, and where opaque ones do not suffice, more.

    Args:
        film: without snow.
        style, level: as for `make_snow`.
        seed: of the snow.
        psnr: dB of the input over B, G, R, measured on the first 48 frames; None: a typical day of the level.

    Raises:
        ConfigError: there is no such style or level, or nothing falls that could be brought to a PSNR.
    """

    video = True

    def __init__(self, film: ClearFilm, style: str, level: str, seed: int, psnr: float | None = None) -> None:
        self.name = " ".join((film.name, level, *(() if psnr is None else (f"{psnr:g} dB",)), style))
        self._film, self._style, self._level, self._seed, self._psnr = film, style, level, seed, psnr
        self._weather: Weather | None = None
        try:
            make_snow(style, level, 64, 64, 25.0, seed)
        except ValueError as error:
            raise ConfigError(str(error)) from error
        if psnr is not None and not Weather.of_level(level).coverage:
            raise ConfigError(f"snow {level} cannot be brought to {psnr:g} dB: nothing falls")

    def __iter__(self) -> Iterator[Pair]:
        if self._weather is None:
            self._weather = self._found()
        yield from self._under(self._weather)

    def _under(self, weather: Weather) -> Iterator[Pair]:
        snow: Snow | None = None
        for truth, moving in self._film:
            if snow is None:
                height, width = truth.shape[:2]
                snow = snow_in(weather, self._style, width, height, self._film.fps, self._seed)
            yield Pair(snow.next().over(truth), truth, moving)

    def _found(self) -> Weather:
        """How it has to snow."""
        weather = Weather.of_level(self._level)
        if self._psnr is None:
            return weather
        for _ in range(_TRIES):
            excess = self._input(weather) - self._psnr
            if abs(excess) < _NEAR:
                return weather
            # Errors grow with opacity, their squares with the area that is covered.
            opacity = weather.opacity * 10 ** (excess / 20)
            if opacity <= 1:
                weather = replace(weather, opacity=opacity)
                continue
            coverage = min(weather.coverage * 10 ** (excess / 10) * weather.opacity**2, _MOST)
            weather = replace(weather, opacity=1.0, coverage=coverage)
        raise ConfigError(
            f"{self._film.name}: {self._level} snow of style {self._style} comes to "
            f"{self._input(weather):.1f} dB, not {self._psnr:g}; ask for another PSNR or level"
        )

    def _input(self, weather: Weather) -> float:
        """PSNR of the snowy film, dB."""
        pairs = islice(self._under(weather), _MEASURED)
        return psnr_of(float(np.mean([squared_error(pair.snowy, pair.truth).mean() for pair in pairs])))
