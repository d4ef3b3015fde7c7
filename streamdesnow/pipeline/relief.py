"""How far one camera's overload policy has gone, and what follows for its frames."""

from __future__ import annotations

from streamdesnow.config.overload import Policy

__all__ = ["Relief"]

_STEPS: dict[Policy, int] = {"drop": 0, "lower-rate": 3, "smaller-model": 1, "pass": 1}
_ORDINALS = {2: "2nd", 3: "3rd", 4: "4th"}


class Relief:
    """The steps of one policy. Changed by the scheduler only, between two calls of the network.

    Args:
        policy: what gives way.
        smaller_model: the network that `smaller-model` changes to.

    Attributes:
        level: steps taken; 0: frames are treated as if there were no overload.
        switches: how often that changed.
        skipped: frames that were not due.
    """

    def __init__(self, policy: Policy = "drop", smaller_model: str = "") -> None:
        self.policy = policy
        self.level = 0
        self.switches = 0
        self.skipped = 0
        self._smaller_model = smaller_model
        self._turn = -1

    @property
    def can_give(self) -> bool:
        """Whether there is a step left to take."""
        return self.level < _STEPS[self.policy]

    @property
    def passes(self) -> bool:
        """Frames pass uncleaned."""
        return self.policy == "pass" and self.level > 0

    @property
    def smaller(self) -> bool:
        """The smaller model cleans."""
        return self.policy == "smaller-model" and self.level > 0

    @property
    def every(self) -> int:
        """One frame in this many is cleaned."""
        return 1 + self.level if self.policy == "lower-rate" else 1

    @property
    def text(self) -> str:
        """What is different, for people; empty if nothing is."""
        if self.level == 0:
            return ""
        match self.policy:
            case "lower-rate":
                return f"every {_ORDINALS[self.every]} frame"
            case "smaller-model":
                return f"model {self._smaller_model}"
            case _:
                return "uncleaned"

    def move(self, steps: int) -> None:
        """Go a step further (1) or back (-1)."""
        self.level = min(max(self.level + steps, 0), _STEPS[self.policy])
        self.switches += 1
        self._turn = -1

    def due(self, index: int) -> bool:
        """Whether the frame of that index is to be served; one that is not is counted.

        Frames are counted off in groups, of which the first that is at hand is served: so they stay evenly
        spaced even if the source drops some.
        """
        if self.every == 1:
            return True
        turn = index // self.every
        due = turn != self._turn
        self._turn = turn
        self.skipped += not due
        return due
