"""What the frame before cleaning and the cleaned frame show together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from streamdesnow.detect.detection import Detection
from streamdesnow.detect.matching import closest_pairs

__all__ = ["union"]

_SAME_CLASS = 0.5
_OTHER_CLASS = 0.7
"""Boxes as close as this are one thing, whatever it was taken for: a car here, a truck there."""


def union(clean: Sequence[Detection], before: Sequence[Detection]) -> tuple[Detection, ...]:
    """Everything that either picture shows, each thing once, surest first, marked by who saw it (`seen_in`).

    What both show has the box and class of the cleaned frame, and the higher confidence.

    Args:
        clean: found in the cleaned frame.
        before: found in the frame before cleaning, of the same size.
    """
    partners = closest_pairs(clean, before, _SAME_CLASS)
    rest_clean = [number for number in range(len(clean)) if number not in partners]
    rest_before = [number for number in range(len(before)) if number not in partners.values()]
    late = closest_pairs(
        [clean[number] for number in rest_clean],
        [before[number] for number in rest_before],
        _OTHER_CLASS,
        same_class=False,
    )
    partners |= {rest_clean[one]: rest_before[other] for one, other in late.items()}
    found = [_marked(each, before, partners.get(number)) for number, each in enumerate(clean)]
    missed = set(range(len(before))) - set(partners.values())
    found += [replace(before[number], seen_in="before") for number in sorted(missed)]
    return tuple(sorted(found, key=lambda each: -each.confidence))


def _marked(each: Detection, before: Sequence[Detection], partner: int | None) -> Detection:
    if partner is None:
        return replace(each, seen_in="clean")
    return replace(each, seen_in="both", confidence=max(each.confidence, before[partner].confidence))
