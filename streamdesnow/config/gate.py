"""`restore.when` and `restore.snowfall`: whether frames are cleaned, and what counts as snowfall."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from streamdesnow.config.base import Section
from streamdesnow.config.units import Duration, PositiveDuration

__all__ = ["SnowfallConfig", "When"]

When = Literal["always", "snowing", "never"]
"""`always`: every frame is cleaned. `snowing`: only while snow falls, other frames pass as they are and the
network rests. `never`: no frame is cleaned."""

Percent = Annotated[float, Field(gt=0, le=100)]


class SnowfallConfig(Section):
    """What counts as snowfall for `when: snowing`, in percent of the pixels on which a flake shows at a time.

    Light snow measures about 1, heavy snow 5 and more, a scene without snow 0.0. The table of cameras and the
    status lines show the figure.
    """

    start: Percent = 0.3
    """It snows from this much on; noticed within half a second."""
    stop: Percent = 0.1
    """It no longer snows when less than this falls for the time of `hold`."""
    hold: Duration = 30.0
    """How long less than `stop` must fall before the network rests."""
    warm: PositiveDuration = 1.0
    """While it rests, the network looks at one frame in this time, and so knows the scene when snow comes."""

    @model_validator(mode="after")
    def _apart(self) -> SnowfallConfig:
        if self.stop > self.start:
            raise ValueError(f"stop ({self.stop:g}) must not be above start ({self.start:g})")
        return self
