"""Shows a detector what each arm makes of snowy clips and photographs."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping

from streamdesnow.detect.detection import Detection
from streamdesnow.detect.detector import Detector
from streamdesnow.frame import Image
from streamdesnow.lab.data.pairs import Pair
from streamdesnow.lab.scoring.detection.trial import Frames
from streamdesnow.lab.scoring.methods import Method
from streamdesnow.snowfall.snow import make_snow

__all__ = ["look_at_clip", "look_at_photo", "only"]

PAST = 5
"""Snowy pictures of a photograph that a temporal filter is given: the last one is looked at."""


def look_at_clip(
    pairs: Iterable[Pair], arms: Mapping[str, Method], detector: Detector, *, skip: int, every: int
) -> dict[str, Frames]:
    """What is found in the frames of a snowy clip, by arm.

    Args:
        arms: every one is given all frames.
        detector: open.
        skip: frames at the start that are not looked at, because memories fill.
        every: of the others look at one in this many.
    """
    running = {name: make() for name, make in arms.items()}
    found: dict[str, list[tuple[Detection, ...]]] = {name: [] for name in arms}
    for index, pair in enumerate(pairs):
        for name, restore in running.items():
            image = restore(pair.snowy)
            if index >= skip and (index - skip) % every == 0:
                found[name].append(detector.detect(image))
    return {name: tuple(frames) for name, frames in found.items()}


def look_at_photo(
    photo: Image,
    snow: tuple[str, str, int],
    stills: Mapping[str, Callable[[Image], Image]],
    temporal: Mapping[str, Method],
    detector: Detector,
) -> dict[str, tuple[Detection, ...]]:
    """What is found in a photograph under snow, by arm.

    Args:
        photo: uint8 (H, W, 3) BGR.
        snow: style, level, seed.
        stills: what sees one snowy picture.
        temporal: what sees five, in all of which the photograph stands still: the best case for it.
        detector: open.
    """
    style, level, seed = snow
    falling = make_snow(style, level, photo.shape[1], photo.shape[0], seed=seed)
    running = {name: make() for name, make in temporal.items()}
    found = {}
    for _ in range(PAST if running else 1):
        snowy = falling.next().over(photo)
        last = {name: restore(snowy) for name, restore in running.items()}
    for name, restore in stills.items():
        found[name] = detector.detect(restore(snowy))
    return found | {name: detector.detect(image) for name, image in last.items()}


def only(frames: Frames, labels: Collection[str], confidence: float = 0.0) -> Frames:
    """What is of these classes and that sure."""
    return tuple(
        tuple(each for each in frame if each.label in labels and each.confidence >= confidence)
        for frame in frames
    )
