"""Which detections of two pictures show the same thing."""

from __future__ import annotations

from collections.abc import Sequence

from streamdesnow.detect.detection import Detection

__all__ = ["closest_pairs"]


def closest_pairs(
    ones: Sequence[Detection], others: Sequence[Detection], least: float, *, same_class: bool = True
) -> dict[int, int]:
    """Places in `others` by places in `ones`, the closest pairs first, each used once.

    Args:
        ones, others: detections in pictures of the same size.
        least: intersection over union from which on two boxes may be a pair.
        same_class: whether both must be of one class.
    """
    overlaps = [
        (one.box.overlap(other.box), i, j)
        for i, one in enumerate(ones)
        for j, other in enumerate(others)
        if not same_class or one.class_id == other.class_id
    ]
    pairs: dict[int, int] = {}
    taken: set[int] = set()
    for overlap, i, j in sorted(overlaps, reverse=True):
        if overlap >= least and i not in pairs and j not in taken:
            pairs[i] = j
            taken.add(j)
    return pairs
