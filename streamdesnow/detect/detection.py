"""What a detector says about a picture."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Box", "Detection"]


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle in pixels of the picture, corners as floats: left <= right, top <= bottom."""

    left: float
    top: float
    right: float
    bottom: float


@dataclass(frozen=True, slots=True)
class Detection:
    """One thing that was found.

    Attributes:
        label: name of its class, such as `person`.
        class_id: number of its class in the detector's list of labels, from 0.
        confidence: 0..1.
        box: where, in pixels of the picture that was given.
        track: number of the track that it belongs to, counted from 1 per camera; None before tracking.
    """

    label: str
    class_id: int
    confidence: float
    box: Box
    track: int | None = None
