"""What a detector says about a picture."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

__all__ = ["Box", "Detection", "SeenIn"]

SeenIn = Literal["clean", "before", "both"]
"""Which picture showed something: the cleaned frame, the frame before cleaning, or both."""


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle in pixels of the picture, corners as floats: left <= right, top <= bottom."""

    left: float
    top: float
    right: float
    bottom: float

    @property
    def area(self) -> float:
        """In square pixels."""
        return max(0.0, self.right - self.left) * max(0.0, self.bottom - self.top)

    def overlap(self, other: Box) -> float:
        """Intersection over union with another box, 0..1."""
        width = min(self.right, other.right) - max(self.left, other.left)
        height = min(self.bottom, other.bottom) - max(self.top, other.top)
        shared = max(0.0, width) * max(0.0, height)
        return shared / (self.area + other.area - shared) if shared else 0.0


@dataclass(frozen=True, slots=True)
class Detection:
    """One thing that was found.

    Attributes:
        label: name of its class, such as `person`.
        class_id: number of its class in the detector's list of labels, from 0.
        confidence: 0..1.
        box: where, in pixels of the picture that was given.
        track: number of the track that it belongs to, counted from 1 per camera; None before tracking.
        seen_in: which picture showed it; other than `clean` only where both are looked at.
    """

    label: str
    class_id: int
    confidence: float
    box: Box
    track: int | None = None
    seen_in: SeenIn = "clean"
