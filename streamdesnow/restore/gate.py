"""Whether a frame is cleaned or passes as it is, decided by how much it snows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import get_args

from streamdesnow.config.gate import SnowfallConfig, When
from streamdesnow.errors import ConfigError
from streamdesnow.frame import Image
from streamdesnow.restore.gate_meter import SnowMeter

__all__ = ["Gate", "GateStep", "ShutGate", "SnowGate", "Snowfall", "make_gate"]

_SETTLE = 12
"""Frames after which a network knows a scene that it had never seen."""
_SURE = 5
"""Comparisons of frames that a decision needs."""
_FADE = 0.2
"""Seconds in which the picture goes over from untouched to cleaned, and back."""
_INTERVAL = 1 / 25
"""Seconds from frame to frame, where nobody says."""
_LONGEST = 1.0
"""Seconds that may lie between two frames; more is a gap in time, in which nothing was seen."""


@dataclass(frozen=True, slots=True)
class Snowfall:
    """What is known of the weather.

    Attributes:
        percent: of the pixels on which a flake shows at a time; see `SnowMeter`.
        falling: whether that counts as snowfall, so that frames are cleaned.
    """

    percent: float = 0.0
    falling: bool = False


@dataclass(frozen=True, slots=True)
class GateStep:
    """What happens to one frame.

    Attributes:
        run: the network sees it.
        share: of the cleaned picture in the one that comes out, 0..1; at 0 the frame comes out as it is.
    """

    run: bool
    share: float


class SnowGate:
    """Watches one camera and decides frame by frame.

    Snow is noticed quickly and its end slowly. While the network rests it sees a frame now and then, so that
    its memory is that of the scene without snow when snow begins; the first frames are seen for the same
    reason.

    Args:
        config: thresholds and times.
    """

    def __init__(self, config: SnowfallConfig) -> None:
        self.now = Snowfall()
        self._config = config
        self._meter = SnowMeter()
        self._seconds: float | None = None
        self._share = 0.0
        self._calm = 0.0
        self._rested = 0.0
        self._settling = _SETTLE

    def step(self, image: Image, seconds: float | None = None) -> GateStep:
        """Decide about the next frame.

        Args:
            image: uint8 (H, W, 3) BGR.
            seconds: its presentation time. None: a 25th of a second after the last one.
        """
        passed = self._passed(seconds)
        measured = self._meter.step(image)
        if self._meter.compared >= _SURE:
            self.now = Snowfall(measured, self._falls(measured, passed))
        fade = passed / _FADE
        self._share = min(1.0, self._share + fade) if self.now.falling else max(0.0, self._share - fade)
        looks = self._looks(passed)
        return GateStep(looks or self._share > 0, self._share)

    def reset(self) -> None:
        """The scene or its memory is another one; the weather is not, so what is known stays."""
        self._meter.reset()
        self._seconds = None
        self._settling = _SETTLE

    def _passed(self, seconds: float | None) -> float:
        last, self._seconds = self._seconds, seconds
        if seconds is None or last is None:
            return _INTERVAL
        return min(max(seconds - last, 0.0), _LONGEST)

    def _falls(self, percent: float, passed: float) -> bool:
        if percent >= self._config.start:
            self._calm = 0.0
            return True
        self._calm = self._calm + passed if percent < self._config.stop else 0.0
        return self.now.falling and self._calm < self._config.hold

    def _looks(self, passed: float) -> bool:
        self._rested += passed
        if self._settling:
            self._settling -= 1
        elif self._rested < self._config.warm:
            return False
        self._rested = 0.0
        return True


class ShutGate:
    """Has no frame cleaned: `when: never`."""

    now: Snowfall | None = None

    def step(self, image: Image, seconds: float | None = None) -> GateStep:
        """The network sees nothing."""
        return GateStep(run=False, share=0.0)

    def reset(self) -> None:
        """Nothing to forget."""


Gate = SnowGate | ShutGate


def make_gate(when: When, config: SnowfallConfig) -> Gate | None:
    """What decides for one camera; None where every frame is cleaned.

    Raises:
        ConfigError: `when` is another word.
    """
    match when:
        case "always":
            return None
        case "snowing":
            return SnowGate(config)
        case "never":
            return ShutGate()
        case _:  # from Python, where nothing has checked the word
            raise ConfigError(f"when: {when!r} is unknown; there are {', '.join(get_args(When))}")
