"""A camera's place among the others when not all can be served."""

from __future__ import annotations

from dataclasses import dataclass, field

from streamdesnow.pipeline.relief import Relief
from streamdesnow.restore.stream import Stream

__all__ = ["Rank"]


@dataclass(frozen=True, slots=True, eq=False)
class Rank:
    """A camera's place.

    Attributes:
        priority: cameras of higher priority are served first.
        relief: what gives way when the machine cannot keep up.
        smaller: key of the smaller network and what that remembers of this camera, where the policy needs it.
    """

    priority: int = 0
    relief: Relief = field(default_factory=Relief)
    smaller: tuple[str, Stream] | None = None
