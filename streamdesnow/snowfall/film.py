"""A simulated snowy camera whose truth is known."""

from __future__ import annotations

from fractions import Fraction
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from streamdesnow.config.camera import SimulatedConfig
from streamdesnow.frame import Image
from streamdesnow.snowfall.snow import Snow, make_snow
from streamdesnow.snowfall.street import Street

__all__ = ["SimulatedFilm"]


class SimulatedFilm:
    """The street of a `SimulatedConfig` with snow falling in front of the camera.

    Frames may be asked for in any order and are always the same; in order is cheap. Snow has a past,
    so going back starts it again from the first frame, and leaping ahead steps it through what is between.
    """

    def __init__(self, config: SimulatedConfig) -> None:
        self._config = config
        self._snow = self._new_snow()
        self._next = 0
        self._latest: tuple[int, Image] | None = None

    @property
    def size(self) -> tuple[int, int]:
        """(width, height) in pixels."""
        return self._config.size

    @property
    def frames(self) -> int | None:
        """How many frames there are; None if the film is endless."""
        return round(self._config.duration * self._config.fps) or None

    @property
    def time_base(self) -> Fraction:
        """Seconds per frame: frame `index` has pts `index` in this unit."""
        return 1 / Fraction(self._config.fps).limit_denominator(1001)

    def truth(self, index: int) -> Image:
        """Frame `index` without snow, sensor noise included: uint8 (H, W, 3) BGR.

        Raises:
            IndexError: before the first or after the last frame.
        """
        if index < 0 or (self.frames is not None and index >= self.frames):
            raise IndexError(f"the film has frames 0 to {self.frames}, not {index}")
        if self._latest is None or self._latest[0] != index:
            image = self._street.draw(index)
            image.setflags(write=False)
            self._latest = (index, image)
        return self._latest[1]

    def snowy(self, index: int) -> Image:
        """Frame `index` with snow: uint8 (H, W, 3) BGR.

        Raises:
            IndexError: before the first or after the last frame.
        """
        truth = self.truth(index)
        if index < self._next:
            self._snow, self._next = self._new_snow(), 0
        while self._next < index:
            self._snow.next()
            self._next += 1
        self._next += 1
        return self._snow.next().over(truth)

    def moving(self, index: int) -> NDArray[np.bool_]:
        """Where frame `index` shows something that moves, or its shadow: bool (H, W)."""
        return self._street.moving(index)

    @cached_property
    def _street(self) -> Street:
        # Painted when the first frame is asked for: it takes a second.
        width, height = self._config.size
        return Street(width, height, self._config.fps, self._config.seed)

    def _new_snow(self) -> Snow:
        config = self._config
        width, height = config.size
        return make_snow(config.style, config.snow, width, height, config.fps, config.seed)
