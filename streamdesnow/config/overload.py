"""`overload:` what happens to live cameras when the machine cannot keep up."""

from __future__ import annotations

from typing import Literal

from streamdesnow.config.base import Section
from streamdesnow.config.units import PositiveDuration

__all__ = ["OverloadConfig", "Policy"]

Policy = Literal["drop", "lower-rate", "smaller-model", "pass"]


class OverloadConfig(Section):
    """What happens to live cameras when the machine cannot keep up; docs/overload.md tells more.

    Files are never overloaded: they wait.
    """

    policy: Policy = "drop"
    """`drop`: the newest frame is cleaned, others are dropped as they come. `lower-rate`: every second frame
    is cleaned, or every third or fourth, evenly. `smaller-model`: another network cleans. `pass`: frames pass
    uncleaned, with a mark burnt in. Each camera may have its own: `cameras.NAME.overload`."""
    smaller_model: str = "fixed-camera-small"
    """Name or path of the network that `smaller-model` changes to; it is loaded at the start."""
    after: PositiveDuration = 2.0
    """How long a camera must lose frames before its policy sets in, and before it goes a step further."""
    recover: PositiveDuration = 15.0
    """How long no camera must lose frames before one of them goes a step back. Twice as long, up to eight
    times, when that was too early."""
