"""What falling snow is like at one place and time: the knobs that every style of drawing obeys."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Self

import numpy as np

__all__ = ["LEVELS", "Weather"]

LEVELS = ("none", "light", "medium", "heavy")
"""How hard it snows, from nothing to a blizzard."""

# Share of pixels covered above alpha = 0.1. A published synthetic set has 17 % in its heavy part; a real
# heavy clip of a fixed camera about 20 %.
_COVERAGE = {"none": 0.0, "light": 0.02, "medium": 0.06, "heavy": 0.18}


@dataclass(frozen=True, slots=True)
class Weather:
    """Snowfall and light, in units that do not depend on the frame size.

    Attributes:
        coverage: share of pixels that flakes cover above alpha = 0.1.
        size: flake diameter at middle distance as a share of the frame's width.
        fall: how many of its own diameters a flake falls in a 25th of a second.
        wind: horizontal speed as a share of the fall speed; negative blows to the left.
        gust: how much the wind varies, as a share of the fall speed.
        flutter: how far flakes sway at most, as a share of their fall speed.
        streak: exposure time as a share of a 25th of a second: how far flakes smear.
        opacity: alpha of the middle of a sharp flake that does not move.
        bgr: colour of a flake in linear light, 0..1.
        lamp: 0 by day; towards 1 flakes are lit by a lamp near the top and dark elsewhere.
    """

    coverage: float = 0.2
    size: float = 0.006
    fall: float = 6.0
    wind: float = 0.3
    gust: float = 0.3
    streak: float = 0.25
    opacity: float = 0.45
    bgr: tuple[float, float, float] = (0.62, 0.60, 0.59)
    lamp: float = 0.0
    flutter: float = 0.5

    @classmethod
    def of_level(cls, level: str) -> Self:
        """A typical day for `none`, `light`, `medium` or `heavy` snow.

        Raises:
            ValueError: there is no such level.
        """
        if level not in _COVERAGE:
            raise ValueError(f"snow is one of {', '.join(LEVELS)}, not {level!r}")
        return cls(coverage=_COVERAGE[level])

    @classmethod
    def sample(cls, rng: np.random.Generator, coverage: float | None = None) -> Self:
        """Some day of a long winter; `coverage` is drawn from light drizzle to blizzard unless given."""
        white = rng.uniform(0.45, 1.0)
        bgr = np.clip(white + rng.normal(0.0, 0.03, 3), 0.2, 1.0)
        return cls(
            coverage=float(np.exp(rng.uniform(np.log(0.004), np.log(0.35))))
            if coverage is None
            else coverage,
            size=float(np.exp(rng.uniform(np.log(0.0018), np.log(0.016)))),
            fall=float(np.exp(rng.uniform(np.log(0.6), np.log(14.0)))),
            wind=float(rng.normal(0.0, 0.7)),
            gust=float(rng.uniform(0.0, 0.8)),
            streak=float(rng.choice([0.03, 0.1, 0.25, 0.5, 1.0]) * rng.uniform(0.6, 1.2)),
            opacity=float(rng.choice([rng.uniform(0.15, 0.5), rng.uniform(0.45, 1.0)])),
            bgr=(float(bgr[0]), float(bgr[1]), float(bgr[2])),
            lamp=float(rng.uniform(0.3, 1.0)) if rng.random() < 0.15 else 0.0,
        )

    def far(self, rng: np.random.Generator, pixel: float) -> Self:
        """What the same day looks like far away: dense, dim, and every flake about a pixel wide.

        In a real clip of heavy snow more than half of all blobs are smaller than ten pixels, and they stay
        longer on a pixel than near flakes do; one cloud of flakes around a middle size has too few of them.

        Args:
            rng: every choice is drawn from it.
            pixel: width of a pixel as a share of the frame's width.
        """
        return replace(
            self,
            coverage=float(np.exp(rng.uniform(np.log(0.05), np.log(0.5)))),
            size=float(rng.uniform(0.6, 1.6)) * pixel,
            fall=float(np.exp(rng.uniform(np.log(0.3), np.log(5.0)))),
            opacity=float(rng.uniform(0.1, 0.5)),
        )

    def calm(self, rng: np.random.Generator) -> Self:
        """The same day without a breath of wind: flakes sink slowly, evenly and side by side.

        Such snow moves as things do, and a network that follows things follows it.
        """
        return replace(
            self,
            fall=float(np.exp(rng.uniform(np.log(0.25), np.log(1.5)))),
            wind=float(rng.normal(0.0, 0.3)),
            gust=float(rng.uniform(0.0, 0.05)),
            flutter=float(rng.uniform(0.0, 0.1)),
            opacity=float(rng.uniform(0.3, 1.0)),
        )

    def against_light(self, rng: np.random.Generator) -> Self:
        """The same day seen against a bright sky: flakes are grey, darker than what is behind them."""
        grey = rng.uniform(0.08, 0.45)
        bgr = np.clip(grey + rng.normal(0.0, 0.015, 3), 0.02, 1.0)
        return replace(self, bgr=(float(bgr[0]), float(bgr[1]), float(bgr[2])), lamp=0.0)

    def with_size(self, size: float) -> Self:
        """The same day with flakes of another size, as a share of the frame's width."""
        return replace(self, size=size)
