"""The simulated camera, read like any other source."""

from __future__ import annotations

from fractions import Fraction

from streamdesnow.capture.reader import DecodedFrame, SourceInfo
from streamdesnow.capture.spec import SourceSpec
from streamdesnow.config.camera import SimulatedConfig
from streamdesnow.errors import ConfigError, SourceUnsupported
from streamdesnow.snowfall.film import SimulatedFilm

__all__ = ["SimulatedReader"]

_CLOCK = 90_000
"""Ticks a second, as RTP has them."""


class SimulatedReader:
    """Draws the snowy street frame by frame."""

    def __init__(self, spec: SourceSpec) -> None:
        self._spec = spec
        self._config = SimulatedConfig.model_validate_json(spec.simulated)
        self._film: SimulatedFilm | None = None
        self._next = 0

    @property
    def info(self) -> SourceInfo:
        """Size, rate and length as configured."""
        width, height = self._config.size
        return SourceInfo(
            description=f"simulated {self._config.scene}, {self._config.snow} snow",
            width=width,
            height=height,
            fps=Fraction(self._config.fps).limit_denominator(1001),
            time_base=Fraction(1, _CLOCK),
            frames=self._length,
            duration=self._config.duration or None,
        )

    @property
    def skipped(self) -> int:
        """None."""
        return 0

    def open(self) -> None:
        """Set the scene.

        Raises:
            SourceUnsupported: there is no such style of snow.
        """
        try:
            self._film = SimulatedFilm(self._config)
        except ConfigError as error:
            raise SourceUnsupported(f"{self._spec.name}: {error}") from None
        self._next = 0

    def read(self) -> DecodedFrame | None:
        """Draw the next frame; None after the configured duration."""
        if self._film is None or (self._length is not None and self._next >= self._length):
            return None
        pts = round(self._next * _CLOCK / self._config.fps)
        frame = DecodedFrame(self._film.snowy(self._next), pts, Fraction(1, _CLOCK))
        self._next += 1
        return frame

    def close(self) -> None:
        """Strike the scene."""
        self._film = None

    @property
    def _length(self) -> int | None:
        return round(self._config.duration * self._config.fps) if self._config.duration else None
